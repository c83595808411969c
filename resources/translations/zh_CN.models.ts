<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>{name} lies in a folder of models already.</source><translation>{name} 已经在模型文件夹中。</translation></message>
<message><source>Look for it on the Models page.</source><translation>请在“模型”页中查找。</translation></message>
<message><source>Remember</source><translation>记住</translation></message>
<message><source>Keeps sampler, steps, CFG, size, VAE and clip skip as this model's defaults.</source><translation>把采样方法、迭代步数、提示词引导系数、尺寸、VAE 和 CLIP 跳过层记为此模型的默认值。</translation></message>
<message><source>The values recommended for this model were taken over.</source><translation>已采用此模型的推荐参数。</translation></message>
<message><source>Keeping the defaults</source><translation>正在保存默认值</translation></message>
<message><source>These values are the defaults of {name} now.</source><translation>这些值现在是 {name} 的默认值。</translation></message>
<message><source>{name} is in the request now.</source><translation>{name} 已用于当前参数。</translation></message>
<message><source>Shows what would go to the studio's trash; it can be undone (Del).</source><translation>先显示哪些文件会移到回收站；可以撤销（Del）。</translation></message>
<message><source>Title</source><translation>标题</translation></message>
<message><source>What cards show instead of the file's name.</source><translation>卡片上代替文件名显示的名称。</translation></message>
<message><source>What the maker's program wrote into the file.</source><translation>制作者的程序写入文件的信息。</translation></message>
<message><source>A click puts a model into the prompt, or takes it out again.</source><translation>单击把模型加入提示词，再次单击取出。</translation></message>
<message><source>A click shows a model; a double click paints with it.</source><translation>单击查看模型；双击用它绘图。</translation></message>
<message><source>A pickle file that holds more than tensors: {code}.</source><translation>pickle 文件，除张量外还有：{code}。</translation></message>
<message><source>A pickle file that would run code: {code}. It is never opened.</source><translation>会执行代码的 pickle 文件：{code}。绝不会被打开。</translation></message>
<message><source>A pickle file: it holds tensors only and calls nothing dangerous.</source><translation>pickle 文件：只含张量，不调用任何危险代码。</translation></message>
<message><source>About the file</source><translation>文件信息</translation></message>
<message><source>Add models</source><translation>添加模型</translation></message>
<message><source>Algorithm</source><translation>算法</translation></message>
<message><source>All models</source><translation>全部模型</translation></message>
<message><source>As a list</source><translation>列表显示</translation></message>
<message><source>Back to the cards.</source><translation>返回卡片。</translation></message>
<message><source>Can be undone afterwards.</source><translation>之后可以撤销。</translation></message>
<message><source>Card size</source><translation>卡片大小</translation></message>
<message><source>Changed</source><translation>修改时间</translation></message>
<message><source>Check all models</source><translation>检查全部模型</translation></message>
<message><source>Checking models …</source><translation>正在检查模型……</translation></message>
<message><source>Checking models</source><translation>正在检查模型</translation></message>
<message><source>Choose files …</source><translation>选择文件……</translation></message>
<message><source>Choose one to see what it is and what it made.</source><translation>选择一个，查看它是什么、画过什么。</translation></message>
<message><source>Chooses model files; each is put into the folder it belongs in, which is shown first.</source><translation>选择模型文件；每个都会放入所属的文件夹，执行前先显示。</translation></message>
<message><source>Chooses the model among the cards.</source><translation>在卡片中选中此模型。</translation></message>
<message><source>Click puts it into the prompt.</source><translation>单击加入提示词。</translation></message>
<message><source>Checkpoints</source><translation>大模型</translation></message>
<message><source>LoRA</source><translation>LoRA</translation></message>
<message><source>LoRAs</source><translation>LoRA</translation></message>
<message><source>Embedding</source><translation>嵌入</translation></message>
<message><source>Embeddings</source><translation>嵌入</translation></message>
<message><source>VAEs</source><translation>VAE</translation></message>
<message><source>ControlNet</source><translation>ControlNet</translation></message>
<message><source>ControlNets</source><translation>ControlNet</translation></message>
<message><source>IP-Adapter</source><translation>IP-Adapter</translation></message>
<message><source>Upscalers</source><translation>放大模型</translation></message>
<message><source>Face finder</source><translation>人脸检测</translation></message>
<message><source>Preview decoder</source><translation>预览解码器</translation></message>
<message><source>Preview decoders</source><translation>预览解码器</translation></message>
<message><source>Text encoder</source><translation>文本编码器</translation></message>
<message><source>Text encoders</source><translation>文本编码器</translation></message>
<message><source>Hypernetwork</source><translation>超网络</translation></message>
<message><source>Hypernetworks</source><translation>超网络</translation></message>
<message><source>U-Net</source><translation>U-Net</translation></message>
<message><source>U-Nets and transformers</source><translation>U-Net 与 Transformer</translation></message>
<message><source>Other model</source><translation>其他模型</translation></message>
<message><source>Newest first</source><translation>最新的在前</translation></message>
<message><source>Oldest first</source><translation>最早的在前</translation></message>
<message><source>Largest first</source><translation>最大的在前</translation></message>
<message><source>Smallest first</source><translation>最小的在前</translation></message>
<message><source>Added last</source><translation>最近添加</translation></message>
<message><source>inpainting</source><translation>局部重绘</translation></message>
<message><source>depth</source><translation>深度</translation></message>
<message><source>pix2pix</source><translation>pix2pix</translation></message>
<message><source>Description</source><translation>简介</translation></message>
<message><source>Drop model files anywhere on this window: each is put into the folder it belongs in.</source><translation>把模型文件拖到窗口任意位置：每个都会放入所属的文件夹。</translation></message>
<message><source>EMA weights</source><translation>EMA 权重</translation></message>
<message><source>Favourite</source><translation>收藏</translation></message>
<message><source>Favourites only</source><translation>只看收藏</translation></message>
<message><source>File size</source><translation>文件大小</translation></message>
<message><source>File</source><translation>文件</translation></message>
<message><source>Files</source><translation>文件</translation></message>
<message><source>Finds broken files, wrong folders and copies that take room twice.</source><translation>查找损坏的文件、放错的文件夹和重复占用空间的副本。</translation></message>
<message><source>Finds models by words of their names, descriptions, trigger words and tags.</source><translation>按名称、简介、触发词和标签中的词查找模型。</translation></message>
<message><source>For embeddings that say what a picture should not be.</source><translation>用于描述画面不应有什么的嵌入。</translation></message>
<message><source>Forget</source><translation>清除</translation></message>
<message><source>Goes to the Create page with this model.</source><translation>带着此模型前往创作页。</translation></message>
<message><source>Hash</source><translation>哈希</translation></message>
<message><source>How strongly the network acts: 0 is not at all, 1 as it was trained.</source><translation>网络的作用强度：0 为不起作用，1 为训练时的强度。</translation></message>
<message><source>Inside</source><translation>内含</translation></message>
<message><source>Author</source><translation>作者</translation></message>
<message><source>Keep one …</source><translation>只保留一份……</translation></message>
<message><source>Kind</source><translation>种类</translation></message>
<message><source>Layers</source><translation>层数</translation></message>
<message><source>Leaves everything as it is.</source><translation>一切保持不变。</translation></message>
<message><source>Looking at files</source><translation>正在查看文件</translation></message>
<message><source>Looking for models</source><translation>正在查找模型</translation></message>
<message><source>Made for</source><translation>适用于</translation></message>
<message><source>Made with it</source><translation>用它画的图</translation></message>
<message><source>Make links</source><translation>改为硬链接</translation></message>
<message><source>Makes the cards smaller or larger.</source><translation>缩小或放大卡片。</translation></message>
<message><source>Makes the chosen picture, else the newest, the one on the card.</source><translation>把选中的图片（未选中则为最新一张）作为卡片上的图片。</translation></message>
<message><source>Marks the model as one of the good ones (S).</source><translation>把此模型标为收藏（S）。</translation></message>
<message><source>Metadata</source><translation>元数据</translation></message>
<message><source>Model files</source><translation>模型文件</translation></message>
<message><source>Move it there …</source><translation>移过去……</translation></message>
<message><source>Move {count} models to the trash?</source><translation>把 {count} 个模型移到回收站？</translation></message>
<message><source>Move {name} to the trash?</source><translation>把 {name} 移到回收站？</translation></message>
<message><source>Move</source><translation>移动</translation></message>
<message><source>Moving files</source><translation>正在移动文件</translation></message>
<message><source>Negative text</source><translation>反向文本</translation></message>
<message><source>Networks</source><translation>网络模型</translation></message>
<message><source>No model chosen</source><translation>未选择模型</translation></message>
<message><source>No model matches this search.</source><translation>没有符合搜索条件的模型。</translation></message>
<message><source>No models yet</source><translation>还没有模型</translation></message>
<message><source>None yet.</source><translation>暂无。</translation></message>
<message><source>None. Set the Create page as you like it and press “Remember” beside the checkpoint there.</source><translation>无。在创作页调好参数后，点击模型旁边的“记住”。</translation></message>
<message><source>Nothing is wrong with your models.</source><translation>你的模型没有问题。</translation></message>
<message><source>Opens the Models page with everything that is known of each.</source><translation>打开模型页，查看每个模型的全部信息。</translation></message>
<message><source>Order</source><translation>排序</translation></message>
<message><source>Paint with this model</source><translation>用此模型绘图</translation></message>
<message><source>Weights in all</source><translation>参数量</translation></message>
<message><source>Prediction</source><translation>预测类型</translation></message>
<message><source>Preferred weight</source><translation>推荐权重</translation></message>
<message><source>Put into the negative prompt with the model.</source><translation>随模型一起加入反向提示词。</translation></message>
<message><source>Put into the negative prompt</source><translation>加入反向提示词</translation></message>
<message><source>Put into the prompt</source><translation>加入提示词</translation></message>
<message><source>Put into the prompt with the model.</source><translation>随模型一起加入提示词。</translation></message>
<message><source>Use this VAE</source><translation>使用此 VAE</translation></message>
<message><source>Put {count} models where they belong?</source><translation>把 {count} 个模型放入所属文件夹？</translation></message>
<message><source>Rank of convolutions</source><translation>卷积层秩</translation></message>
<message><source>Rank</source><translation>秩</translation></message>
<message><source>Recommended settings</source><translation>推荐参数</translation></message>
<message><source>Scale</source><translation>放大倍数</translation></message>
<message><source>Search models …</source><translation>搜索模型……</translation></message>
<message><source>Search names, trigger words, tags …</source><translation>搜索名称、触发词、标签……</translation></message>
<message><source>Set as preview</source><translation>设为预览图</translation></message>
<message><source>Show all models</source><translation>显示全部模型</translation></message>
<message><source>Shows first what would be done.</source><translation>先显示将要做什么。</translation></message>
<message><source>Shows lines instead of cards.</source><translation>以列表代替卡片。</translation></message>
<message><source>Shows only models of one kind.</source><translation>只显示一种模型。</translation></message>
<message><source>Shows only models with a star.</source><translation>只显示收藏的模型。</translation></message>
<message><source>Shows only models with one tag.</source><translation>只显示带某个标签的模型。</translation></message>
<message><source>Shows only the models of one folder and of those inside it.</source><translation>只显示某个文件夹及其子文件夹中的模型。</translation></message>
<message><source>Shows only what goes with one family of models.</source><translation>只显示适用于某一系列的模型。</translation></message>
<message><source>Tag</source><translation>标签</translation></message>
<message><source>Tags</source><translation>标签</translation></message>
<message><source>Tags of its training pictures</source><translation>训练图片的标签</translation></message>
<message><source>Take {name} out</source><translation>取出 {name}</translation></message>
<message><source>Takes the network out of the prompt.</source><translation>把此网络从提示词中取出。</translation></message>
<message><source>Takes your defaults away again.</source><translation>清除你设的默认值。</translation></message>
<message><source>The order of the cards.</source><translation>卡片的顺序。</translation></message>
<message><source>The way leads through links ({links}): what lies behind is elsewhere.</source><translation>路径经过链接（{links}）：实际位置在别处。</translation></message>
<message><source>The weight it is put in with; 0 is 1.</source><translation>加入时的权重；0 表示 1。</translation></message>
<message><source>To the trash …</source><translation>移到回收站……</translation></message>
<message><source>Trained at</source><translation>训练分辨率</translation></message>
<message><source>Trained on</source><translation>训练底模</translation></message>
<message><source>Trigger words</source><translation>触发词</translation></message>
<message><source>Stops what is going on; what is done by then stays.</source><translation>停止正在进行的工作；已完成的部分保留。</translation></message>
<message><source>Hashing</source><translation>正在计算哈希</translation></message>
<message><source>Compute the hash</source><translation>计算哈希</translation></message>
<message><source>Reads the whole file; by its hash a model is known under any name.</source><translation>读取整个文件；凭哈希可在任何名称下认出模型。</translation></message>
<message><source>an embedding</source><translation>嵌入</translation></message>
<message><source>a hypernetwork</source><translation>超网络</translation></message>
<message><source>an IP-Adapter</source><translation>IP-Adapter</translation></message>
<message><source>a ControlNet</source><translation>ControlNet</translation></message>
<message><source>a LoRA</source><translation>LoRA</translation></message>
<message><source>a Stable Diffusion 3 model</source><translation>Stable Diffusion 3 模型</translation></message>
<message><source>a Flux model</source><translation>Flux 模型</translation></message>
<message><source>a Playground v2.5 model</source><translation>Playground v2.5 模型</translation></message>
<message><source>an unCLIP model</source><translation>unCLIP 模型</translation></message>
<message><source>an upscaler</source><translation>放大模型</translation></message>
<message><source>a checkpoint</source><translation>大模型</translation></message>
<message><source>a U-Net alone, without text encoder</source><translation>单独的 U-Net（没有文本编码器）</translation></message>
<message><source>a model of another family</source><translation>其他系列的模型</translation></message>
<message><source>a face restorer</source><translation>面部修复模型</translation></message>
<message><source>a face finder</source><translation>人脸检测模型</translation></message>
<message><source>a preview decoder</source><translation>预览解码器</translation></message>
<message><source>a VAE</source><translation>VAE</translation></message>
<message><source>a text encoder</source><translation>文本编码器</translation></message>
<message><source>Undoing</source><translation>正在撤销</translation></message>
<message><source>Vectors</source><translation>向量数</translation></message>
<message><source>Weight of {name} in the U-Net</source><translation>{name} 在 U-Net 中的权重</translation></message>
<message><source>Weight of {name}</source><translation>{name} 的权重</translation></message>
<message><source>What it is; from its page if that is known.</source><translation>它是什么；若已知则来自其页面。</translation></message>
<message><source>What the cards show.</source><translation>卡片显示的内容。</translation></message>
<message><source>Whatever you want to remember.</source><translation>你想记下的任何内容。</translation></message>
<message><source>Where each file is and what becomes of it.</source><translation>每个文件的位置以及将如何处理。</translation></message>
<message><source>Writing the preview</source><translation>正在写入预览图</translation></message>
<message><source>Your notes</source><translation>我的备注</translation></message>
<message><source>Your own words to find it by, with commas between.</source><translation>便于查找的自定义标签，用逗号分隔。</translation></message>
<message><source>a weight above 1.2 often spoils the picture</source><translation>权重超过 1.2 容易破坏画面</translation></message>
<message><source>cannot be used</source><translation>无法使用</translation></message>
<message><source>did you mean {names}?</source><translation>是否想用 {names}？</translation></message>
<message><source>for example “{prompt}”</source><translation>例如“{prompt}”</translation></message>
<message><source>frees {size}</source><translation>释放 {size}</translation></message>
<message><source>made for {base}, the model is {family}: it will not act</source><translation>适用于 {base}，当前模型是 {family}：不会起作用</translation></message>
<message><source>text encoder</source><translation>文本编码器</translation></message>
<message><source>trash</source><translation>回收站</translation></message>
<message><source>{counts} fit: it will not act</source><translation>{counts}：不会起作用</translation></message>
<message><source>{count} files are in the trash.</source><translation>{count} 个文件已移到回收站。</translation></message>
<message><source>{count} files are links now.</source><translation>{count} 个文件已改为硬链接。</translation></message>
<message><source>{count} files were copied.</source><translation>已复制 {count} 个文件。</translation></message>
<message><source>{count} files were moved.</source><translation>已移动 {count} 个文件。</translation></message>
<message><source>{count} files</source><translation>{count} 个文件</translation></message>
<message><source>{count} findings</source><translation>{count} 个问题</translation></message>
<message><source>{count} models</source><translation>{count} 个模型</translation></message>
<message><source>{matched} of {total} keys</source><translation>{total} 个键中有 {matched} 个匹配</translation></message>
<message><source>{name} has this picture as its preview now.</source><translation>{name} 已用此图作为预览图。</translation></message>
<message><source>{name} is a link now.</source><translation>{name} 已改为硬链接。</translation></message>
<message><source>{name} was copied.</source><translation>已复制 {name}。</translation></message>
<message><source>{name} was moved.</source><translation>已移动 {name}。</translation></message>
<message><source>{path} is there already: nothing can be done until it is renamed.</source><translation>{path} 已存在：重命名之前无法执行。</translation></message>
<message><source>{rank}, alpha {alpha}</source><translation>{rank}，alpha {alpha}</translation></message>
<message><source>… {count} more</source><translation>……还有 {count} 个</translation></message>
<message><source>Undo and trash</source><translation>撤销与回收站</translation></message>
<message><source>Shows what was moved and deleted, to put it back or to empty the trash.</source><translation>显示移动和删除过的内容，可以放回原处或清空回收站。</translation></message>
<message><source>The studio was stopped in the midst of moving {count} files.</source><translation>程序在移动 {count} 个文件的中途被关闭。</translation></message>
<message><source>Undo puts back those that were moved by then.</source><translation>撤销会把当时已移动的文件放回原处。</translation></message>
<message><source>Emptying the trash</source><translation>正在清空回收站</translation></message>
<message><source>Empty the trash</source><translation>清空回收站</translation></message>
<message><source>Deletes everything that lies in the trash; this cannot be undone.</source><translation>彻底删除回收站中的全部内容；无法撤销。</translation></message>
<message><source>{size} lie in the trash.</source><translation>回收站中有 {size}。</translation></message>
<message><source>Nothing was moved or deleted.</source><translation>没有移动或删除过任何内容。</translation></message>
<message><source>Put back</source><translation>放回原处</translation></message>
<message><source>Puts everything back where it was.</source><translation>把所有内容放回原来的位置。</translation></message>
<message><source>Delete for good</source><translation>彻底删除</translation></message>
<message><source>Takes it out of the trash; cannot be undone.</source><translation>从回收站中删除；无法撤销。</translation></message>
<message><source>Press again: this cannot be undone</source><translation>再按一次：无法撤销</translation></message>
<message><source>{name} and {count} more are in the trash.</source><translation>{name} 和另外 {count} 个文件在回收站中。</translation></message>
<message><source>Looking …</source><translation>正在查找……</translation></message>
<message><source>Its models are shown among yours; Settings lists its folder.</source><translation>它的模型已列入模型库；设置中可以看到它的文件夹。</translation></message>
<message><source>Compute the hashes</source><translation>计算哈希值</translation></message>
<message><source>Reads all models shown below; by their hashes pictures from elsewhere find them.</source><translation>读取下方显示的全部模型；有了哈希值，外来图片的参数就能找到对应模型。</translation></message>
<message><source>{count} files could not be read for their hashes.</source><translation>{count} 个文件无法读取，未能计算哈希值。</translation></message>
<message><source>Check that they may be read.</source><translation>请检查是否有读取权限。</translation></message>
<message><source>The hashes of {count} models are known.</source><translation>{count} 个模型的哈希值已就绪。</translation></message>
</context>
</TS>
