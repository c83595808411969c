<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Looking for pictures …</source><translation>正在查找图片…</translation></message>
<message><source>{count} pictures</source><translation>{count} 张图片</translation></message>
<message><source>{name} is in the trash.</source><translation>{name} 已移入回收站。</translation></message>
<message><source>{count} pictures are in the trash.</source><translation>{count} 张图片已移入回收站。</translation></message>
<message><source>Read a file's parameters</source><translation>读取文件的生成参数</translation></message>
<message><source>No pictures yet</source><translation>还没有图片</translation></message>
<message><source>What you create is shown here at once.</source><translation>生成的图片会立即显示在这里。</translation></message>
<message><source>Create a picture</source><translation>去生成图片</translation></message>
<message><source>Nothing found</source><translation>没有找到</translation></message>
<message><source>No picture matches this search.</source><translation>没有符合搜索条件的图片。</translation></message>
<message><source>Show all pictures</source><translation>显示全部图片</translation></message>
<message><source>{count} moved pictures were found again.</source><translation>重新找到了 {count} 张被移动的图片。</translation></message>
<message><source>Undo</source><translation>撤销</translation></message>
<message><source>Pictures and parameter files</source><translation>图片和参数文件</translation></message>
<message><source>Shows only pictures made with one of these.</source><translation>只显示用其中一项生成的图片。</translation></message>
<message><source>Starred only</source><translation>仅看收藏</translation></message>
<message><source>Look for new pictures</source><translation>查找新图片</translation></message>
<message><source>Shows how a picture from anywhere was made. Dropping it on this page does the same.</source><translation>查看任意图片的生成参数，也可以直接把文件拖到本页。</translation></message>
<message><source>Search prompts, or model: seed: size: date:</source><translation>搜索提示词，或 模型: 种子: 尺寸: 日期:</translation></message>
<message><source>Search</source><translation>搜索</translation></message>
<message><source>Finds pictures by words of their prompt. More exactly: model:name, sampler:"Euler a", seed:123, size:512x768, date:2026-11, negative:word, starred; a minus before it leaves them out.</source><translation>按提示词中的词语查找图片。更精确的写法：模型:名称、采样:"Euler a"、种子:123、尺寸:512x768、日期:2026-11、反向:词语、收藏；前面加减号表示排除。</translation></message>
<message><source>Thumbnail size</source><translation>缩略图大小</translation></message>
<message><source>Makes the thumbnails smaller or larger.</source><translation>缩小或放大缩略图。</translation></message>
<message><source>Model</source><translation>模型</translation></message>
<message><source>Sampler</source><translation>采样方法</translation></message>
<message><source>Shows only pictures with a star.</source><translation>只显示已收藏的图片。</translation></message>
<message><source>All</source><translation>全部</translation></message>
<message><source>Made from</source><translation>来源图片</translation></message>
<message><source>Made from this one</source><translation>由此图生成</translation></message>
<message><source>The same seed</source><translation>相同种子</translation></message>
<message><source>and {count} more</source><translation>还有 {count} 张</translation></message>
<message><source>differs in {names}</source><translation>不同之处：{names}</translation></message>
<message><source>the same parameters</source><translation>参数相同</translation></message>
<message><source>Shows this picture in the gallery.</source><translation>在图库中显示这张图片。</translation></message>
<message><source>Picture</source><translation>图片</translation></message>
<message><source>Back to the grid</source><translation>返回图库</translation></message>
<message><source>Fit</source><translation>适应窗口</translation></message>
<message><source>Shows all pictures again (Esc).</source><translation>重新显示所有图片 (Esc)。</translation></message>
<message><source>Makes the picture as large as the window (0).</source><translation>让图片适应窗口大小 (0)。</translation></message>
<message><source>Shows every pixel as it is (1).</source><translation>按原始像素显示 (1)。</translation></message>
<message><source>The parameters are the same.</source><translation>两张图片的参数相同。</translation></message>
<message><source>Choose one to see how it was made.</source><translation>选择一张图片查看生成参数。</translation></message>
<message><source>A file outside the gallery</source><translation>图库之外的文件</translation></message>
<message><source>Not taken over</source><translation>未能采用</translation></message>
<message><source>Entries that no field of this program stands for; they are not taken over.</source><translation>本程序没有与这些条目对应的选项，发送时不会采用。</translation></message>
<message><source>Send to Create</source><translation>发送到创作页</translation></message>
<message><source>Puts all parameters of this picture on the Create page.</source><translation>把这张图片的全部参数填入创作页。</translation></message>
<message><source>Star</source><translation>收藏</translation></message>
<message><source>Compare</source><translation>对比</translation></message>
<message><source>Lays two pictures over each other; choose two with Ctrl+click (C).</source><translation>把两张图片重叠对比；按住 Ctrl 点击选择两张 (C)。</translation></message>
<message><source>Open folder</source><translation>打开文件夹</translation></message>
<message><source>Shows the file in the system's file manager.</source><translation>在系统文件管理器中显示该文件。</translation></message>
<message><source>Copy parameters</source><translation>复制参数</translation></message>
<message><source>Delete</source><translation>删除</translation></message>
<message><source>Moves the chosen pictures to the studio's trash; this can be undone (Del).</source><translation>把选中的图片移入回收站，可以撤销 (Del)。</translation></message>
<message><source>No picture chosen</source><translation>未选择图片</translation></message>
<message><source>Marks the picture as one of the good ones (S).</source><translation>把图片标记为收藏 (S)。</translation></message>
<message><source>Copies the parameters as text.</source><translation>以文本形式复制参数。</translation></message>
<message><source>This picture holds no parameters.</source><translation>这张图片不含生成参数。</translation></message>
<message><source>Pictures</source><translation>图片</translation></message>
<message><source>seed: is followed by a number.</source><translation>“种子:”后面要写数字。</translation></message>
<message><source>Write for example {example}.</source><translation>例如：{example}。</translation></message>
<message><source>size: is followed by width x height.</source><translation>“尺寸:”后面要写 宽x高。</translation></message>
<message><source>date: is followed by a year, a month or a day.</source><translation>“日期:”后面要写年、年-月或年-月-日。</translation></message>
<message><source>{path} cannot be used.</source><translation>无法使用 {path}。</translation></message>
<message><source>Check that the folder may be written and no other program holds the file.</source><translation>请检查文件夹是否可写，以及文件是否被其他程序占用。</translation></message>
<message><source>{name} could not be read and was begun anew.</source><translation>{name} 无法读取，已重新建立。</translation></message>
<message><source>The old file is kept as {aside}.</source><translation>原文件保留为 {aside}。</translation></message>
<message><source>The disk is full; {path} was not written.</source><translation>磁盘已满，{path} 未写入。</translation></message>
<message><source>Free some space and try again.</source><translation>请腾出空间后重试。</translation></message>
<message><source>This job is no longer in the queue.</source><translation>队列中已没有这个任务。</translation></message>
<message><source>This job has already begun.</source><translation>这个任务已经开始。</translation></message>
<message><source>Duplicate it and change the copy.</source><translation>请复制它，然后修改副本。</translation></message>
<message><source>This job is running.</source><translation>这个任务正在运行。</translation></message>
<message><source>Stop it first.</source><translation>请先停止它。</translation></message>
<message><source>Another version of the studio asked for this.</source><translation>这个任务来自其他版本的程序。</translation></message>
<message><source>{name} cannot be shown as a picture.</source><translation>{name} 无法作为图片显示。</translation></message>
<message><source>Check that the file is complete.</source><translation>请检查文件是否完整。</translation></message>
<message><source>Reading pictures …</source><translation>正在读取图片…</translation></message>
<message><source>Further picture folders</source><translation>其他图片文件夹</translation></message>
<message><source>Other folders whose pictures the gallery shows; they are only read.</source><translation>图库也会显示这些文件夹中的图片；只读取，不修改。</translation></message>
<message><source>Prompt</source><translation>提示词</translation></message>
<message><source>Negative prompt</source><translation>反向提示词</translation></message>
<message><source>Steps</source><translation>迭代步数</translation></message>
<message><source>Schedule type</source><translation>调度类型</translation></message>
<message><source>CFG scale</source><translation>提示词引导系数</translation></message>
<message><source>Seed</source><translation>种子</translation></message>
<message><source>Size</source><translation>尺寸</translation></message>
<message><source>Model hash</source><translation>模型哈希</translation></message>
<message><source>VAE hash</source><translation>VAE 哈希</translation></message>
<message><source>Denoising strength</source><translation>重绘幅度</translation></message>
<message><source>Clip skip</source><translation>Clip 跳过层</translation></message>
<message><source>Variation seed</source><translation>变异种子</translation></message>
<message><source>Variation seed strength</source><translation>变异强度</translation></message>
<message><source>Seed resize from</source><translation>种子缩放自</translation></message>
<message><source>Hires upscale</source><translation>高清放大倍数</translation></message>
<message><source>Hires steps</source><translation>高清迭代步数</translation></message>
<message><source>Hires upscaler</source><translation>放大算法</translation></message>
<message><source>Hires resize</source><translation>高清尺寸</translation></message>
<message><source>Hires prompt</source><translation>高清提示词</translation></message>
<message><source>Hires negative prompt</source><translation>高清反向提示词</translation></message>
<message><source>Hires sampler</source><translation>高清采样方法</translation></message>
<message><source>Hires schedule type</source><translation>高清调度类型</translation></message>
<message><source>Hires checkpoint</source><translation>高清模型</translation></message>
<message><source>Refiner</source><translation>精修模型</translation></message>
<message><source>Refiner switch at</source><translation>精修切换点</translation></message>
<message><source>Version</source><translation>版本</translation></message>
<message><source>Lora hashes</source><translation>Lora 哈希</translation></message>
<message><source>TI hashes</source><translation>嵌入哈希</translation></message>
<message><source>Face restoration</source><translation>面部修复</translation></message>
<message><source>Emphasis</source><translation>强调方式</translation></message>
<message><source>Reading pictures … {done} of {total}</source><translation>正在读取图片…… {done} / {total}</translation></message>
<message><source>A double click shows a picture large; Ctrl+click chooses two to compare.</source><translation>双击放大查看；按住 Ctrl 单击可选两张进行对比。</translation></message>
</context>
</TS>
