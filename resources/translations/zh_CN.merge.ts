<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Primary model (A)</source><translation>主模型（A）</translation></message>
<message><source>The model that is changed.</source><translation>要被改动的模型。</translation></message>
<message><source>Secondary model (B)</source><translation>次模型（B）</translation></message>
<message><source>The model that is mixed in.</source><translation>要混入的模型。</translation></message>
<message><source>Tertiary model (C)</source><translation>第三模型（C）</translation></message>
<message><source>What is taken off B before it is added; usually the model that B was made from.</source><translation>在加上 B 之前从 B 中减去的模型，通常是 B 的训练底模。</translation></message>
<message><source>Interpolation method</source><translation>插值方式</translation></message>
<message><source>Weighted sum is A × (1 − M) + B × M, Add difference is A + (B − C) × M; No interpolation only rewrites A.</source><translation>加权和为 A × (1 − M) + B × M，差值叠加为 A + (B − C) × M；不插值只是重新写出 A。</translation></message>
<message><source>Weighted sum</source><translation>加权和</translation></message>
<message><source>Add difference</source><translation>差值叠加</translation></message>
<message><source>No interpolation</source><translation>不插值</translation></message>
<message><source>Multiplier (M)</source><translation>倍率（M）</translation></message>
<message><source>How much of B; 0 gives A.</source><translation>B 所占的分量；0 得到 A 本身。</translation></message>
<message><source>Block weights</source><translation>分层权重</translation></message>
<message><source>A multiplier for each block of the U-Net, separated by commas: IN00-IN11, M00, OUT00-OUT11 (for SDXL also IN00-IN08, M00, OUT00-OUT08), with that of everything else in front if you like. Or a preset's name.</source><translation>U-Net 每一层的倍率，用逗号分隔：IN00-IN11、M00、OUT00-OUT11（SDXL 也可用 IN00-IN08、M00、OUT00-OUT08），最前面可再加一个其余部分的倍率。也可填预设名。</translation></message>
<message><source>Bake in VAE</source><translation>嵌入 VAE</translation></message>
<message><source>The VAE that the new model contains.</source><translation>新模型内含的 VAE。</translation></message>
<message><source>The name of the new file; empty makes one up of what goes in. Nothing that is there is overwritten.</source><translation>新文件的名称；留空则由来源模型自动命名。已有的文件不会被覆盖。</translation></message>
<message><source>safetensors cannot hide code and loads faster; ckpt is for old programs.</source><translation>safetensors 无法藏代码，加载也更快；ckpt 供旧程序使用。</translation></message>
<message><source>How exactly numbers are stored; fp16 halves the file of an fp32 model and shows no difference in pictures.</source><translation>数值的存储精度；fp16 使 fp32 模型的文件减半，画面看不出差别。</translation></message>
<message><source>As they are</source><translation>保持原样</translation></message>
<message><source>Discard weights with matching name</source><translation>丢弃名称匹配的权重</translation></message>
<message><source>A regular expression; tensors in whose names it is found are left out.</source><translation>正则表达式；名称中能找到它的张量会被丢弃。</translation></message>
<message><source>Copy config from</source><translation>配置文件来源</translation></message>
<message><source>Whose .yaml file is copied beside the new model.</source><translation>把哪个模型的 .yaml 文件复制到新模型旁边。</translation></message>
<message><source>A, B or C</source><translation>A、B 或 C</translation></message>
<message><source>Don't</source><translation>不复制</translation></message>
<message><source>Save metadata</source><translation>保存元数据</translation></message>
<message><source>Writes what follows into the file.</source><translation>把以下内容写入文件。</translation></message>
<message><source>Add merge recipe metadata</source><translation>写入融合配方</translation></message>
<message><source>Writes what was merged how, with the models' hashes.</source><translation>写入融合了哪些模型、如何融合以及各模型的哈希。</translation></message>
<message><source>Copy metadata from merged models</source><translation>复制来源模型的元数据</translation></message>
<message><source>Takes over what the models' files say of themselves.</source><translation>沿用各模型文件自带的元数据。</translation></message>
<message><source>Metadata in JSON format</source><translation>JSON 格式的元数据</translation></message>
<message><source>Further entries: names and texts.</source><translation>更多条目：名称和文本。</translation></message>
<message><source>The model they are put into.</source><translation>要把它们并入的模型。</translation></message>
<message><source>Each as in a prompt: a name, and its strength behind a colon if it is not 1 (name:0.8, or name:0.5:0.8 for text encoder and U-Net).</source><translation>与提示词中写法相同：名称，强度不为 1 时在冒号后写出（name:0.8；或用 name:0.5:0.8 分别指定文本编码器和 U-Net）。</translation></message>
<message><source>Original model</source><translation>原模型</translation></message>
<message><source>The model without it.</source><translation>不含该差异的模型。</translation></message>
<message><source>Tuned model</source><translation>微调模型</translation></message>
<message><source>The model with it.</source><translation>含该差异的模型。</translation></message>
<message><source>How many dimensions are kept of each layer, at most.</source><translation>每层最多保留多少维。</translation></message>
<message><source>The same for 3×3 convolutions and what surrounds them; 0 leaves them out.</source><translation>3×3 卷积及其周围层的维数；0 表示不包含。</translation></message>
<message><source>Share to keep</source><translation>保留比例</translation></message>
<message><source>Of the squared difference of each layer, the share for which dimensions are kept, up to the rank; 0 keeps the full rank.</source><translation>按每层差异平方和的这个比例保留维数，不超过秩；0 表示保留整个秩。</translation></message>
<message><source>Includes the U-Net.</source><translation>包含 U-Net。</translation></message>
<message><source>Includes the text encoders.</source><translation>包含文本编码器。</translation></message>
<message><source>The LoRA that is resized.</source><translation>要调整秩的 LoRA。</translation></message>
<message><source>Method</source><translation>方式</translation></message>
<message><source>Fixed keeps so many dimensions of each layer. The others decide it for each layer by its singular values: sv_ratio keeps those above the largest divided by the value, sv_fro and sv_cumulative as many as make up that share.</source><translation>固定：每层保留同样的维数。其余方式按每层的奇异值决定：sv_ratio 保留大于“最大值除以该数值”的部分，sv_fro 和 sv_cumulative 保留达到该比例所需的维数。</translation></message>
<message><source>Fixed</source><translation>固定</translation></message>
<message><source>A ratio above 1 for sv_ratio, a share up to 1 for the others.</source><translation>sv_ratio 填大于 1 的比率，其余填不超过 1 的比例。</translation></message>
<message><source>The same for 3×3 convolutions; 0 takes the other rank.</source><translation>3×3 卷积的维数；0 表示用上面的秩。</translation></message>
<message><source>The LoRA that is renamed inside.</source><translation>要改写内部名称的 LoRA。</translation></message>
<message><source>Names</source><translation>命名</translation></message>
<message><source>kohya's are read by the web UIs and ComfyUI, diffusers' by diffusers and PEFT.</source><translation>kohya 命名供各 WebUI 和 ComfyUI 读取，diffusers 命名供 diffusers 和 PEFT 读取。</translation></message>
<message><source>There is no network to be merged.</source><translation>没有要并入的网络。</translation></message>
<message><source>Choose at least one.</source><translation>请至少选择一个。</translation></message>
<message><source>None of the {total} keys of {network} fit {name}.</source><translation>{network} 的 {total} 个键没有一个适合 {name}。</translation></message>
<message><source>Choose a network for this kind of model.</source><translation>请选择适用于这类模型的网络。</translation></message>
<message><source>There are {count} block weights; it takes 25, or 26 with that of everything else in front.</source><translation>给出了 {count} 个分层权重；应为 25 个，或在最前面加上其余部分的倍率共 26 个。</translation></message>
<message><source>Write IN00 to IN11, M00, OUT00 to OUT11, or a preset's name.</source><translation>请依次写 IN00 至 IN11、M00、OUT00 至 OUT11，或填预设名。</translation></message>
<message><source>“{text}” are no block weights.</source><translation>“{text}”不是分层权重。</translation></message>
<message><source>Write numbers separated by commas, or a preset's name.</source><translation>请写用逗号分隔的数字，或填预设名。</translation></message>
<message><source>{name} and {first} do not fit together: {tensor} differs in shape.</source><translation>{name} 与 {first} 不匹配：{tensor} 的形状不同。</translation></message>
<message><source>Merge models of one family.</source><translation>请融合同一系列的模型。</translation></message>
<message><source>{name} and {first} have nothing in common.</source><translation>{name} 与 {first} 没有共同的权重。</translation></message>
<message><source>{name} is an inpainting or pix2pix model; of such and a plain one the plain one cannot be A.</source><translation>{name} 是重绘或 pix2pix 模型；它与普通模型融合时，普通模型不能作为 A。</translation></message>
<message><source>Swap A and B.</source><translation>请交换 A 和 B。</translation></message>
<message><source>Nothing would be left of the model.</source><translation>模型将什么也不剩。</translation></message>
<message><source>Discard less.</source><translation>请少丢弃一些。</translation></message>
<message><source>{method} needs a model {letter}.</source><translation>{method} 需要模型 {letter}。</translation></message>
<message><source>Choose one.</source><translation>请选择一个。</translation></message>
<message><source>{name} is {family}, but {first} is {wanted}.</source><translation>{name} 属于 {family}，而 {first} 属于 {wanted}。</translation></message>
<message><source>“{pattern}” is no regular expression.</source><translation>“{pattern}”不是正则表达式。</translation></message>
<message><source>Mend or empty it.</source><translation>请改正或清空它。</translation></message>
<message><source>{name} was made for {base}; its names cannot be changed here.</source><translation>{name} 是为 {base} 制作的，这里无法转换它的命名。</translation></message>
<message><source>Choose a LoRA for SD1, SD2 or SDXL.</source><translation>请选择适用于 SD1、SD2 或 SDXL 的 LoRA。</translation></message>
<message><source>{name} has a layer {layer}, which no {family} model has.</source><translation>{name} 有一层 {layer}，{family} 模型中没有这一层。</translation></message>
<message><source>Choose another LoRA.</source><translation>请选择其他 LoRA。</translation></message>
<message><source>{name} has a layer with a core ({layer}), which diffusers cannot read.</source><translation>{name} 有带核心张量的层（{layer}），diffusers 无法读取。</translation></message>
<message><source>Use it as it is.</source><translation>请按原样使用它。</translation></message>
<message><source>{first} and {second} do not differ.</source><translation>{first} 与 {second} 没有差别。</translation></message>
<message><source>Choose another model.</source><translation>请选择其他模型。</translation></message>
<message><source>{name} was not made from {first}: their layers differ.</source><translation>{name} 不是由 {first} 得来的：两者的层不同。</translation></message>
<message><source>“{name}” cannot be a file's name.</source><translation>“{name}”不能作为文件名。</translation></message>
<message><source>Give another name.</source><translation>请换一个名称。</translation></message>
<message><source>{name} is not only LoRA: {layer} is of another kind.</source><translation>{name} 不只是 LoRA：{layer} 属于其他类型。</translation></message>
<message><source>Choose a plain LoRA.</source><translation>请选择普通的 LoRA。</translation></message>
<message><source>network</source><translation>网络</translation></message>
<message><source>The metadata are no JSON object.</source><translation>元数据不是 JSON 对象。</translation></message>
<message><source>Write {{"name": "text"}}.</source><translation>请写成 {{"name": "text"}}。</translation></message>
<message><source>{value} is no value for {method}.</source><translation>{value} 不能用于 {method}。</translation></message>
<message><source>Give a ratio above 1 to sv_ratio, a share up to 1 to the others.</source><translation>sv_ratio 请填大于 1 的比率，其余请填不超过 1 的比例。</translation></message>
<message><source>There is already a model {name}; it was not overwritten.</source><translation>已有模型 {name}，未覆盖。</translation></message>
<message><source>What was written cannot be read back the same.</source><translation>写入的内容读回后不一致。</translation></message>
<message><source>Check the disk and try again.</source><translation>请检查磁盘后重试。</translation></message>
<message><source>{name} needs {wanted} GB, but only {free} GB are free in {folder}.</source><translation>{name} 需要 {wanted} GB，但 {folder} 中只剩 {free} GB。</translation></message>
<message><source>{name} is larger than a file may be on that disk.</source><translation>{name} 超过了该磁盘允许的单个文件大小。</translation></message>
<message><source>Choose another disk or fp16.</source><translation>请换一个磁盘或使用 fp16。</translation></message>
<message><source>The model with the hash {hash}, which made this picture, is not here.</source><translation>生成这张图片的模型（哈希 {hash}）不在这里。</translation></message>
<message><source>Choose one: --model NAME.</source><translation>请选择一个：--model 名称。</translation></message>
<message><source>{name} changed while it was read.</source><translation>{name} 在读取时发生了变化。</translation></message>
<message><source>Merge checkpoints</source><translation>融合模型</translation></message>
<message><source>Put LoRAs into a checkpoint</source><translation>把 LoRA 并入模型</translation></message>
<message><source>Extract a LoRA</source><translation>提取 LoRA</translation></message>
<message><source>Resize a LoRA</source><translation>调整 LoRA 的秩</translation></message>
<message><source>Rename what is in a LoRA</source><translation>转换 LoRA 的内部命名</translation></message>
<message><source>What to make</source><translation>要制作什么</translation></message>
<message><source>Chooses what is made of which models.</source><translation>选择用哪些模型制作什么。</translation></message>
<message><source>Make it</source><translation>制作</translation></message>
<message><source>Writes a new file; none is changed.</source><translation>写出一个新文件，不改动任何已有文件。</translation></message>
<message><source>Stops the work; nothing of the new file stays.</source><translation>停止工作，不会留下新文件的任何部分。</translation></message>
<message><source>{name} was made.</source><translation>{name} 已完成。</translation></message>
<message><source>Make models</source><translation>制作模型</translation></message>
<message><source>Merges models, extracts and resizes LoRAs.</source><translation>融合模型，提取和调整 LoRA。</translation></message>
<message><source>{title} is not chosen.</source><translation>尚未选择{title}。</translation></message>
<message><source>{network} was made for {base}, but {name} is {family}.</source><translation>{network} 为 {base} 制作，而 {name} 是 {family}。</translation></message>
<message><source>Of {name}, {matched} of {total} keys fit; the others were left out.</source><translation>{name} 的 {total} 个键中有 {matched} 个适合，其余已略去。</translation></message>
<message><source>The embeddings inside {name} were left out: checkpoints have no place for them.</source><translation>{name} 内含的嵌入已略去：大模型文件中没有存放它们的位置。</translation></message>
<message><source>{name} or {first} is broken: a layer holds numbers that are none.</source><translation>{name} 或 {first} 已损坏：有一层含有无效数值（NaN）。</translation></message>
<message><source>{name} is broken: a layer holds numbers that are none.</source><translation>{name} 已损坏：有一层含有无效数值（NaN）。</translation></message>
<message><source>Extracting {name} …</source><translation>正在提取 {name}…</translation></message>
<message><source>Resizing {name} …</source><translation>正在调整 {name} 的秩…</translation></message>
<message><source>Checking {name} …</source><translation>正在检查 {name}…</translation></message>
<message><source>Writing {name} …</source><translation>正在写入 {name}…</translation></message>
<message><source>Not chosen</source><translation>未选择</translation></message>
</context>
</TS>
