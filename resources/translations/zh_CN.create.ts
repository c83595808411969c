<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>The parameters were applied.</source><translation>已应用生成参数。</translation></message>
<message><source>Reading parameters</source><translation>正在读取生成参数</translation></message>
<message><source>Deleting</source><translation>正在删除</translation></message>
<message><source>Restoring</source><translation>正在恢复</translation></message>
<message><source>Looking for networks</source><translation>正在查找网络模型</translation></message>
<message><source>What is painted now and what comes next.</source><translation>正在绘制的内容以及接下来的任务。</translation></message>
<message><source>Inspector</source><translation>检查器</translation></message>
<message><source>Facts about the picture and the prompt.</source><translation>关于图片和提示词的信息。</translation></message>
<message><source>History</source><translation>历史</translation></message>
<message><source>Every order you gave, to take up again.</source><translation>你提交过的每个任务，可随时再用。</translation></message>
<message><source>Queue, inspector and history (Ctrl+I).</source><translation>队列、检查器和历史（Ctrl+I）。</translation></message>
<message><source>Style</source><translation>预设样式</translation></message>
<message><source>{count} entries have no place here.</source><translation>有 {count} 项在这里没有对应的位置。</translation></message>
<message><source>There are no parameters in the clipboard.</source><translation>剪贴板中没有生成参数。</translation></message>
<message><source>Copy the text of a picture's parameters, or a picture file, first.</source><translation>请先复制图片的生成参数文本或图片文件。</translation></message>
<message><source>no {name}</source><translation>不使用{name}</translation></message>
<message><source>Advanced</source><translation>高级选项</translation></message>
<message><source>Presets</source><translation>预设</translation></message>
<message><source>Swap</source><translation>互换</translation></message>
<message><source>Lock the ratio</source><translation>锁定比例</translation></message>
<message><source>Aspect ratio</source><translation>宽高比</translation></message>
<message><source>Common sizes and aspect ratios.</source><translation>常用尺寸和宽高比。</translation></message>
<message><source>Swaps width and height.</source><translation>互换宽度和高度。</translation></message>
<message><source>Keeps the ratio while one side is changed.</source><translation>更改一边时保持宽高比。</translation></message>
<message><source>SD 1.5 sizes</source><translation>SD 1.5 尺寸</translation></message>
<message><source>SDXL sizes</source><translation>SDXL 尺寸</translation></message>
<message><source>new each time</source><translation>每次随机</translation></message>
<message><source>Extra</source><translation>额外参数</translation></message>
<message><source>New seed each time</source><translation>每次使用新种子</translation></message>
<message><source>Reuse the picture's seed</source><translation>使用图片的种子</translation></message>
<message><source>A new seed each time (-1).</source><translation>每次使用新的随机种子（-1）。</translation></message>
<message><source>Takes the seed of the picture that is shown.</source><translation>使用当前图片的种子。</translation></message>
<message><source>Paint a second, larger pass</source><translation>再绘制一遍更大的图</translation></message>
<message><source>Enlarges the picture and paints over it again, which brings detail without doubled bodies.</source><translation>放大图片后再绘制一遍，增加细节而不会出现重复的人体。</translation></message>
<message><source>Finish with a second model</source><translation>用第二个模型完成</translation></message>
<message><source>Another checkpoint takes over for the last part of the steps.</source><translation>最后一部分步数由另一个模型接手。</translation></message>
<message><source>from {part}</source><translation>从 {part} 起</translation></message>
<message><source>off</source><translation>关</translation></message>
<message><source>Tokens of the prompt, and how many its chunks of 75 can hold.</source><translation>提示词的词元数，以及每 75 个一段时能容纳的数量。</translation></message>
<message><source>What is active at which step; the hires pass follows behind the dashed line.</source><translation>每一步生效的内容；虚线之后是高分辨率修复阶段。</translation></message>
<message><source>Paste parameters</source><translation>粘贴生成参数</translation></message>
<message><source>Back to the template with wildcards</source><translation>恢复带通配符的模板</translation></message>
<message><source>Empties this prompt; Ctrl+Z brings it back.</source><translation>清空此提示词；Ctrl+Z 可恢复。</translation></message>
<message><source>Applies the parameters of a picture's text in the clipboard.</source><translation>应用剪贴板中图片的生成参数。</translation></message>
<message><source>Puts back what stood here before wildcards were replaced:</source><translation>恢复替换通配符之前的内容：</translation></message>
<message><source>{count} steps</source><translation>{count} 步</translation></message>
<message><source>Sampling</source><translation>采样</translation></message>
<message><source>Size and batch</source><translation>尺寸和批次</translation></message>
<message><source>Hires fix</source><translation>高分辨率修复</translation></message>
<message><source>Refine</source><translation>精修</translation></message>
<message><source>Parameters</source><translation>生成参数</translation></message>
<message><source>found</source><translation>已找到</translation></message>
<message><source>no such file</source><translation>文件不存在</translation></message>
<message><source>Notes</source><translation>备注</translation></message>
<message><source>Networks in the prompt</source><translation>提示词中的网络模型</translation></message>
<message><source>Chunks of the prompt</source><translation>提示词分段</translation></message>
<message><source>Nothing to inspect yet</source><translation>还没有可检查的内容</translation></message>
<message><source>Facts about the picture appear here.</source><translation>图片的信息会显示在这里。</translation></message>
<message><source>Click an order to put all its values back on the page.</source><translation>点击一个任务，把它的全部参数放回页面。</translation></message>
<message><source>No history yet</source><translation>还没有历史记录</translation></message>
<message><source>Every order you give is kept here.</source><translation>你提交的每个任务都会保存在这里。</translation></message>
<message><source>Pictures of this session</source><translation>本次会话的图片</translation></message>
<message><source>Shows the whole picture (0).</source><translation>显示整张图片（0）。</translation></message>
<message><source>Actual size</source><translation>实际大小</translation></message>
<message><source>Shows one picture pixel as one screen pixel (1).</source><translation>一个图片像素对应一个屏幕像素（1）。</translation></message>
<message><source>Lays the picture before under this one; drag the line.</source><translation>把前一张图片叠在下面对比；拖动分隔线。</translation></message>
<message><source>To hires fix</source><translation>高分辨率修复此图</translation></message>
<message><source>Paints this picture again, with the same seed and hires fix.</source><translation>用相同的种子和高分辨率修复重新绘制此图。</translation></message>
<message><source>Reuse parameters</source><translation>使用此图参数</translation></message>
<message><source>Puts all values of this picture on the page.</source><translation>把此图的全部参数放到页面上。</translation></message>
<message><source>Reuse seed</source><translation>使用此图种子</translation></message>
<message><source>Keeps this picture's seed.</source><translation>固定为此图的种子。</translation></message>
<message><source>Copy picture</source><translation>复制图片</translation></message>
<message><source>Copies the picture (Ctrl+C).</source><translation>复制图片（Ctrl+C）。</translation></message>
<message><source>Opens the folder this picture is in.</source><translation>打开此图所在的文件夹。</translation></message>
<message><source>Moves the picture to the trash; it can be taken back (Del).</source><translation>把图片移到回收站，可以恢复（Del）。</translation></message>
<message><source>Copies the picture or its parameters.</source><translation>复制图片或其生成参数。</translation></message>
<message><source>Generate forever</source><translation>无限生成</translation></message>
<message><source>Begins again with what the page says whenever an order is done.</source><translation>每完成一个任务就按页面当前参数重新开始。</translation></message>
<message><source>Add to queue</source><translation>加入队列</translation></message>
<message><source>Generate</source><translation>生成</translation></message>
<message><source>Paints the picture (Ctrl+Enter).</source><translation>绘制图片（Ctrl+Enter）。</translation></message>
<message><source>Skip</source><translation>跳过</translation></message>
<message><source>Stopping…</source><translation>正在停止…</translation></message>
<message><source>Leaves this picture and goes on with the next.</source><translation>放弃这张图，继续下一张。</translation></message>
<message><source>Stops within one step; finished pictures are kept (Esc).</source><translation>一步之内停止；已完成的图片会保留（Esc）。</translation></message>
<message><source>No model yet</source><translation>还没有模型</translation></message>
<message><source>Put a .safetensors checkpoint into the folder models/Stable-diffusion, then look again.</source><translation>把 .safetensors 模型放进 models/Stable-diffusion 文件夹，然后重新查找。</translation></message>
<message><source>Open the folder</source><translation>打开文件夹</translation></message>
<message><source>Look again</source><translation>重新查找</translation></message>
<message><source>Looks for models in all model folders again.</source><translation>在所有模型文件夹中重新查找模型。</translation></message>
<message><source>No picture yet</source><translation>还没有图片</translation></message>
<message><source>Describe one on the left and press Generate (Ctrl+Enter).</source><translation>在左侧描述一张图片，然后点击“生成”（Ctrl+Enter）。</translation></message>
<message><source>There is no checkpoint named “{name}” here. Choose another one.</source><translation>这里没有名为“{name}”的模型，请另选一个。</translation></message>
<message><source>Width and height must be multiples of 8: {fitting} would do.</source><translation>宽度和高度必须是 8 的倍数：可以用 {fitting}。</translation></message>
<message><source>Choose the checkpoint that finishes the picture.</source><translation>请选择用来完成图片的模型。</translation></message>
<message><source>{prompt} in a text stands for your own prompt; without it the style is added at the end.</source><translation>文本中的 {prompt} 代表你自己的提示词；没有它时样式会加在末尾。</translation></message>
<message><source>The style “{name}” was deleted.</source><translation>预设样式“{name}”已删除。</translation></message>
<message><source>Save the prompt as a style…</source><translation>把提示词存为预设样式…</translation></message>
<message><source>Save</source><translation>保存</translation></message>
<message><source>Adds saved pieces of prompt to yours.</source><translation>把保存好的提示词片段加到你的提示词上。</translation></message>
<message><source>Takes this style off.</source><translation>取消此预设样式。</translation></message>
<message><source>Save as style</source><translation>存为预设样式</translation></message>
<message><source>Name</source><translation>名称</translation></message>
<message><source>Deletes this style; it can be taken back.</source><translation>删除此预设样式，可以恢复。</translation></message>
<message><source>Write into the prompt</source><translation>写入提示词</translation></message>
<message><source>Change or delete</source><translation>修改或删除</translation></message>
<message><source>No styles saved yet</source><translation>还没有保存预设样式</translation></message>
<message><source>Lined up; {count} wait until you resume the queue.</source><translation>已加入队列；共 {count} 项在等待，点“继续”后开始。</translation></message>
<message><source>Begin now</source><translation>现在开始</translation></message>
<message><source>Lines this up without beginning (Ctrl+Shift+Enter).</source><translation>只加入队列，暂不开始（Ctrl+Shift+Enter）。</translation></message>
<message><source>Looking for the model</source><translation>正在查找模型</translation></message>
<message><source>No model here has the name of this picture's.</source><translation>本机没有与这张图片所用模型同名的文件。</translation></message>
<message><source>The model of this picture is here as {name}.</source><translation>这张图片所用的模型在本机是 {name}。</translation></message>
<message><source>The model of this picture is not here.</source><translation>本机没有这张图片所用的模型。</translation></message>
<message><source>It may be here under another name: that is found out by reading the model files once.</source><translation>它可能在本机用了别的名字：通读一遍模型文件即可确认。</translation></message>
<message><source>Look for it</source><translation>查找</translation></message>
<message><source>Change this order</source><translation>修改此任务</translation></message>
<message><source>It failed: {reason}</source><translation>失败：{reason}</translation></message>
<message><source>You are changing an order of the queue.</source><translation>你正在修改队列中的一项任务。</translation></message>
<message><source>Save changes</source><translation>保存修改</translation></message>
<message><source>Cancel</source><translation>取消</translation></message>
<message><source>The order is painted as the page says now.</source><translation>该任务将按此页现在的参数绘制。</translation></message>
<message><source>The order stays as it was.</source><translation>该任务保持不变。</translation></message>
<message><source>Paused: what waits begins when you resume.</source><translation>已暂停：点“继续”后，等待中的任务才会开始。</translation></message>
<message><source>Begins what waits.</source><translation>开始等待中的任务。</translation></message>
<message><source>Everything this picture was made from, as it stands in its file.</source><translation>生成这张图片的全部参数，与图片文件中保存的一致。</translation></message>
<message><source>The newest is at the right; a click shows one large.</source><translation>最新的在最右边；点击可放大查看。</translation></message>
<message><source>Loading {name} …</source><translation>正在加载 {name}…</translation></message>
<message><source>Memory ran out, so {change}.</source><translation>内存不足，因此{change}。</translation></message>
<message><source>Sides are multiples of {factor} pixels, so this picture is {width} x {height}.</source><translation>边长须为 {factor} 像素的倍数，因此这张图为 {width} × {height}。</translation></message>
<message><source>the VAE works in tiles</source><translation>VAE 改为分块处理</translation></message>
<message><source>prompt and negative prompt run one after the other</source><translation>提示词与反向提示词改为依次计算</translation></message>
<message><source>the pictures of a batch are made one by one</source><translation>同一批的图片改为逐张生成</translation></message>
<message><source>attention works in slices</source><translation>注意力改为分片计算</translation></message>
<message><source>parts of the model that are not in use wait in RAM</source><translation>模型中暂不使用的部分移到内存</translation></message>
<message><source>the U-Net comes onto the card block by block</source><translation>U-Net 改为逐块载入显卡</translation></message>
</context>
</TS>
