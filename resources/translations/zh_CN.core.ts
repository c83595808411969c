<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Checkpoint</source><translation>模型</translation></message>
<message><source>The model that paints. Empty takes the first one found.</source><translation>用来作画的模型；留空则使用找到的第一个。</translation></message>
<message><source>What turns the model's latents into pixels: Automatic takes a file named like the checkpoint, else the one inside it.</source><translation>把模型的潜变量变成像素的部分：“自动”使用与模型同名的文件，没有时使用模型自带的 VAE。</translation></message>
<message><source>Clip skip</source><translation>CLIP 跳过层</translation></message>
<message><source>How many last layers of the text encoder are left out; many anime models want 2.</source><translation>文本编码器末尾跳过的层数；许多动漫模型需要 2。</translation></message>
<message><source>Prompt</source><translation>提示词</translation></message>
<message><source>What the picture shows. (word:1.2) weighs, [a:b:0.5] changes half-way, AND joins, BREAK parts.</source><translation>画面的内容。(词:1.2) 调整权重，[a:b:0.5] 中途切换，AND 组合，BREAK 分段。</translation></message>
<message><source>Negative prompt</source><translation>反向提示词</translation></message>
<message><source>What the picture avoids.</source><translation>画面要避免的内容。</translation></message>
<message><source>Styles</source><translation>预设样式</translation></message>
<message><source>Saved pieces of prompt that are added to yours.</source><translation>保存好的提示词片段，会加到你的提示词上。</translation></message>
<message><source>Wildcards</source><translation>通配符</translation></message>
<message><source>Replaces __name__ and {a|b} by a random choice, anew for each picture.</source><translation>把 __name__ 和 {a|b} 换成随机选项，每张图片重新抽取。</translation></message>
<message><source>Template</source><translation>模板</translation></message>
<message><source>The prompt before its wildcards were replaced.</source><translation>替换通配符之前的提示词。</translation></message>
<message><source>Negative template</source><translation>反向模板</translation></message>
<message><source>The negative prompt before its wildcards were replaced.</source><translation>替换通配符之前的反向提示词。</translation></message>
<message><source>Sampling method</source><translation>采样方法</translation></message>
<message><source>How each step is made. Euler a and DPM++ 2M are good first choices.</source><translation>每一步如何计算。Euler a 和 DPM++ 2M 是不错的首选。</translation></message>
<message><source>Schedule type</source><translation>调度类型</translation></message>
<message><source>How the noise levels are spaced; Automatic takes what suits the method.</source><translation>噪声强度如何分布；“自动”使用适合该采样方法的方式。</translation></message>
<message><source>Sampling steps</source><translation>迭代步数</translation></message>
<message><source>More steps take longer; beyond 30 little changes.</source><translation>步数越多越慢；超过 30 步变化很小。</translation></message>
<message><source>CFG scale</source><translation>提示词引导系数</translation></message>
<message><source>How strictly the picture follows the prompt; too high burns colours.</source><translation>画面遵循提示词的程度；过高会使颜色过曝。</translation></message>
<message><source>Width</source><translation>宽度</translation></message>
<message><source>Width of the picture in pixels, a multiple of 8.</source><translation>图片宽度（像素），须为 8 的倍数。</translation></message>
<message><source>Height</source><translation>高度</translation></message>
<message><source>Height of the picture in pixels, a multiple of 8.</source><translation>图片高度（像素），须为 8 的倍数。</translation></message>
<message><source>Batch count</source><translation>批次</translation></message>
<message><source>How many batches are made, one after the other.</source><translation>依次生成多少批。</translation></message>
<message><source>Batch size</source><translation>每批数量</translation></message>
<message><source>How many pictures are made at once; needs more VRAM.</source><translation>每批同时生成多少张；需要更多显存。</translation></message>
<message><source>Seed</source><translation>种子</translation></message>
<message><source>The number the noise grows from; the same seed gives the same picture. -1 is a new one each time.</source><translation>产生噪声的数字；相同的种子得到相同的图片。-1 表示每次随机。</translation></message>
<message><source>Variation seed</source><translation>变异种子</translation></message>
<message><source>A second seed that is mixed into the first.</source><translation>混入主种子的第二个种子。</translation></message>
<message><source>Variation strength</source><translation>变异强度</translation></message>
<message><source>How much of the second seed is mixed in: small values vary the picture slightly.</source><translation>混入第二个种子的比例：数值小则画面略有变化。</translation></message>
<message><source>Resize seed from width</source><translation>从宽度调整种子</translation></message>
<message><source>Keeps the composition that the seed has at this width.</source><translation>保持该种子在此宽度下的构图。</translation></message>
<message><source>Resize seed from height</source><translation>从高度调整种子</translation></message>
<message><source>Keeps the composition that the seed has at this height.</source><translation>保持该种子在此高度下的构图。</translation></message>
<message><source>Random numbers from</source><translation>随机数来源</translation></message>
<message><source>Where noise is drawn. GPU differs between cards, CPU and NV are the same everywhere; NV equals an NVIDIA card's.</source><translation>噪声在哪里产生。GPU 因显卡而异，CPU 和 NV 处处相同；NV 与英伟达显卡一致。</translation></message>
<message><source>Eta noise seed delta</source><translation>Eta 噪声种子偏移 (ENSD)</translation></message>
<message><source>Added to the seed for the noise of ancestral methods; NovelAI uses 31337.</source><translation>加到种子上，用于祖先采样方法的噪声；NovelAI 使用 31337。</translation></message>
<message><source>Emphasis mode</source><translation>强调模式</translation></message>
<message><source>How (word:1.2) acts on the text's embedding.</source><translation>(词:1.2) 如何作用于文本编码。</translation></message>
<message><source>Original</source><translation>原始</translation></message>
<message><source>No norm</source><translation>不归一化</translation></message>
<message><source>Ignore</source><translation>忽略权重</translation></message>
<message><source>None</source><translation>无</translation></message>
<message><source>Comma backtrack</source><translation>逗号回溯</translation></message>
<message><source>How many tokens before the end of a 75-token chunk a comma may start the next chunk.</source><translation>在 75 个词元的分块末尾之前多少个词元内，逗号可以开始下一个分块。</translation></message>
<message><source>Old prompt editing timelines</source><translation>旧版提示词编辑时间线</translation></message>
<message><source>Reads [a:b:when] as web UIs before 1.6 did.</source><translation>按 1.6 之前的 WebUI 理解 [a:b:when]。</translation></message>
<message><source>Pad prompt and negative prompt to the same length</source><translation>将提示词与反向提示词补齐到相同长度</translation></message>
<message><source>Makes prompts of different length run together, which is faster and changes the picture slightly.</source><translation>让长度不同的提示词一起运算，更快，画面略有变化。</translation></message>
<message><source>Clip skip for SDXL</source><translation>SDXL 也使用 CLIP 跳过层</translation></message>
<message><source>Lets clip skip act on SDXL models too.</source><translation>让 CLIP 跳过层也作用于 SDXL 模型。</translation></message>
<message><source>Tiling</source><translation>平铺</translation></message>
<message><source>Makes a picture that can be laid edge to edge.</source><translation>生成可以无缝拼接的图片。</translation></message>
<message><source>Eta</source><translation>Eta</translation></message>
<message><source>How much fresh noise ancestral methods add at each step.</source><translation>祖先采样方法每步加入多少新噪声。</translation></message>
<message><source>Eta for DDIM</source><translation>DDIM 的 Eta</translation></message>
<message><source>How much fresh noise DDIM adds at each step.</source><translation>DDIM 每步加入多少新噪声。</translation></message>
<message><source>Sigma churn</source><translation>Sigma churn</translation></message>
<message><source>Extra noise of Euler, Heun and DPM2 at each step.</source><translation>Euler、Heun 和 DPM2 每步的额外噪声。</translation></message>
<message><source>Sigma tmin</source><translation>Sigma tmin</translation></message>
<message><source>Noise level below which churn stops.</source><translation>低于此噪声强度时不再加入额外噪声。</translation></message>
<message><source>Sigma tmax</source><translation>Sigma tmax</translation></message>
<message><source>Noise level above which churn stops; 0 is no limit.</source><translation>高于此噪声强度时不加入额外噪声；0 为不限。</translation></message>
<message><source>Sigma noise</source><translation>Sigma noise</translation></message>
<message><source>Strength of the noise that is added while sampling.</source><translation>采样过程中加入的噪声的强度。</translation></message>
<message><source>Schedule min sigma</source><translation>调度最小 sigma</translation></message>
<message><source>Lowest noise level of the schedule; 0 takes the model's.</source><translation>调度的最低噪声强度；0 使用模型的值。</translation></message>
<message><source>Schedule max sigma</source><translation>调度最大 sigma</translation></message>
<message><source>Highest noise level of the schedule; 0 takes the model's.</source><translation>调度的最高噪声强度；0 使用模型的值。</translation></message>
<message><source>Schedule rho</source><translation>调度 rho</translation></message>
<message><source>Curve of the Karras and Polyexponential schedules; 0 takes their own.</source><translation>Karras 与 Polyexponential 调度的曲线；0 使用其默认值。</translation></message>
<message><source>Beta schedule alpha</source><translation>Beta 调度 alpha</translation></message>
<message><source>First parameter of the Beta schedule.</source><translation>Beta 调度的第一个参数。</translation></message>
<message><source>Beta schedule beta</source><translation>Beta 调度 beta</translation></message>
<message><source>Second parameter of the Beta schedule.</source><translation>Beta 调度的第二个参数。</translation></message>
<message><source>Always discard next-to-last sigma</source><translation>总是丢弃倒数第二个 sigma</translation></message>
<message><source>Leaves out the last but one noise level with every method.</source><translation>任何采样方法都跳过倒数第二个噪声强度。</translation></message>
<message><source>SGM noise multiplier</source><translation>SGM 噪声倍率</translation></message>
<message><source>Scales the first noise as SDXL's own code does.</source><translation>像 SDXL 官方代码那样缩放初始噪声。</translation></message>
<message><source>Negative guidance minimum sigma</source><translation>反向引导最小 sigma (NGMS)</translation></message>
<message><source>Leaves the negative prompt out of every other step below this noise level: faster.</source><translation>低于此噪声强度时每隔一步不使用反向提示词：更快。</translation></message>
<message><source>Negative guidance minimum sigma for all steps</source><translation>NGMS 作用于所有步</translation></message>
<message><source>Leaves the negative prompt out of every step below the level, not of every other.</source><translation>低于该强度的每一步都不使用反向提示词，而不是隔一步。</translation></message>
<message><source>Skip CFG in early steps</source><translation>前期跳过 CFG</translation></message>
<message><source>The part of the steps at the start that are made without guidance: faster, more varied.</source><translation>开头多大比例的步数不使用引导：更快，变化更多。</translation></message>
<message><source>CFG rescale</source><translation>CFG 重缩放</translation></message>
<message><source>Draws contrast back to what the prompt alone would give; for v-prediction models 0.7.</source><translation>把对比度拉回到仅用提示词时的水平；v 预测模型可用 0.7。</translation></message>
<message><source>Noise schedule</source><translation>噪声调度</translation></message>
<message><source>Zero Terminal SNR lets models that were trained for it paint truly black and white.</source><translation>“零终端信噪比”让为此训练的模型能画出真正的黑与白。</translation></message>
<message><source>Default</source><translation>默认</translation></message>
<message><source>Zero Terminal SNR</source><translation>零终端信噪比</translation></message>
<message><source>UniPC variant</source><translation>UniPC 变体</translation></message>
<message><source>Which of UniPC's formulas is used.</source><translation>使用 UniPC 的哪一个公式。</translation></message>
<message><source>UniPC skip type</source><translation>UniPC 步距类型</translation></message>
<message><source>How UniPC spaces its steps.</source><translation>UniPC 如何分布步数。</translation></message>
<message><source>UniPC order</source><translation>UniPC 阶数</translation></message>
<message><source>How many earlier steps UniPC looks back at; at most the number of steps less one.</source><translation>UniPC 回看多少步；最多为步数减一。</translation></message>
<message><source>UniPC lower order final</source><translation>UniPC 末步降阶</translation></message>
<message><source>Looks back less in the last steps, which steadies short runs.</source><translation>最后几步少回看一些，使步数少时更稳定。</translation></message>
<message><source>Upscaler</source><translation>放大算法</translation></message>
<message><source>How the picture is enlarged before the second pass: latent ones invent more detail and need a denoising strength above 0.5, pixel ones stay closer to the first picture.</source><translation>第二遍之前如何放大图片：潜变量算法会添加更多细节，重绘幅度需大于 0.5；像素算法更接近原图。</translation></message>
<message><source>Upscale by</source><translation>放大倍数</translation></message>
<message><source>How many times larger each side becomes.</source><translation>每条边放大多少倍。</translation></message>
<message><source>Resize width to</source><translation>将宽度调整为</translation></message>
<message><source>Exact width of the result; 0 follows the height or, with both 0, the factor.</source><translation>结果的精确宽度；0 跟随高度，两者都为 0 时按倍数。</translation></message>
<message><source>Resize height to</source><translation>将高度调整为</translation></message>
<message><source>Exact height of the result; 0 follows the width or, with both 0, the factor.</source><translation>结果的精确高度；0 跟随宽度，两者都为 0 时按倍数。</translation></message>
<message><source>Hires steps</source><translation>高分迭代步数</translation></message>
<message><source>Steps of the second pass; 0 takes as many as the first.</source><translation>第二遍的步数；0 与第一遍相同。</translation></message>
<message><source>Denoising strength</source><translation>重绘幅度</translation></message>
<message><source>How much of the enlarged picture is painted anew: 0 keeps it, 1 ignores it.</source><translation>放大后的图片重画多少：0 保持原样，1 完全重画。</translation></message>
<message><source>Hires checkpoint</source><translation>高分模型</translation></message>
<message><source>Another model for the second pass; empty uses the same.</source><translation>第二遍使用的另一个模型；留空则相同。</translation></message>
<message><source>Hires sampler</source><translation>高分采样方法</translation></message>
<message><source>Another sampling method for the second pass; empty uses the same.</source><translation>第二遍使用的另一种采样方法；留空则相同。</translation></message>
<message><source>Hires schedule type</source><translation>高分调度类型</translation></message>
<message><source>Another spacing of noise levels for the second pass; empty uses the same.</source><translation>第二遍使用的另一种调度类型；留空则相同。</translation></message>
<message><source>Hires prompt</source><translation>高分提示词</translation></message>
<message><source>Another prompt for the second pass; empty uses the same.</source><translation>第二遍使用的另一段提示词；留空则相同。</translation></message>
<message><source>Hires negative prompt</source><translation>高分反向提示词</translation></message>
<message><source>Another negative prompt for the second pass; empty uses the same.</source><translation>第二遍使用的另一段反向提示词；留空则相同。</translation></message>
<message><source>Refiner checkpoint</source><translation>精修模型</translation></message>
<message><source>The model that finishes the picture.</source><translation>完成图片的模型。</translation></message>
<message><source>Switch at</source><translation>切换时机</translation></message>
<message><source>The part of the noise schedule after which the refiner takes over.</source><translation>噪声调度进行到多少之后由精修模型接手。</translation></message>
<message><source>Refiner in hires fix</source><translation>高分辨率修复中的精修</translation></message>
<message><source>Which pass the refiner takes part in when hires fix is on.</source><translation>启用高分辨率修复时精修模型参与哪一遍。</translation></message>
<message><source>first pass</source><translation>第一遍</translation></message>
<message><source>second pass</source><translation>第二遍</translation></message>
<message><source>both passes</source><translation>两遍</translation></message>
<message><source>Language</source><translation>语言</translation></message>
<message><source>The language of the window; auto follows the system.</source><translation>窗口的语言；“自动”跟随系统。</translation></message>
<message><source>Theme</source><translation>主题</translation></message>
<message><source>Dark or light; auto follows the system.</source><translation>深色或浅色；“自动”跟随系统。</translation></message>
<message><source>Output folder</source><translation>输出文件夹</translation></message>
<message><source>Where pictures are saved; empty is outputs beside the program.</source><translation>图片保存的位置；留空为程序旁的 outputs。</translation></message>
<message><source>Further picture folders</source><translation>其他图片文件夹</translation></message>
<message><source>Other folders whose pictures the gallery shows; they are only read.</source><translation>图库中显示其图片的其他文件夹；只读取，不改动。</translation></message>
<message><source>Folder pattern</source><translation>文件夹命名规则</translation></message>
<message><source>How pictures are sorted into folders, in the web UI's pattern language.</source><translation>图片如何分到各文件夹，使用 WebUI 的命名规则。</translation></message>
<message><source>File name pattern</source><translation>文件命名规则</translation></message>
<message><source>The web UI's pattern language; empty is [seed].</source><translation>使用 WebUI 的命名规则；留空为 [seed]。</translation></message>
<message><source>Number file names</source><translation>文件名编号</translation></message>
<message><source>Begins each file name with a running number.</source><translation>文件名以递增编号开头。</translation></message>
<message><source>File format</source><translation>文件格式</translation></message>
<message><source>png keeps every pixel; the others are smaller.</source><translation>PNG 保留每个像素；其他格式更小。</translation></message>
<message><source>JPEG and WebP quality</source><translation>JPEG 与 WebP 质量</translation></message>
<message><source>Higher is larger and closer to the picture.</source><translation>越高文件越大，越接近原图。</translation></message>
<message><source>VRAM preset</source><translation>显存预设</translation></message>
<message><source>How sparingly the card's memory is used; auto goes by its size.</source><translation>显存优化的程度；“自动”按显存大小决定。</translation></message>
<message><source>4 GB or less</source><translation>4 GB 或更少</translation></message>
<message><source>12 GB or more</source><translation>12 GB 或更多</translation></message>
<message><source>Attention</source><translation>注意力优化</translation></message>
<message><source>How attention is computed; auto takes the fastest that works here.</source><translation>注意力的计算方式；“自动”使用本机可用的最快方式。</translation></message>
<message><source>Precision</source><translation>精度</translation></message>
<message><source>The numbers the model computes with: half is faster and smaller, full is for cards that paint black.</source><translation>模型计算所用的数值：半精度更快更省，全精度用于画出黑图的显卡。</translation></message>
<message><source>Store weights in fp8</source><translation>以 fp8 存储权重</translation></message>
<message><source>Halves the model's memory; the picture changes slightly.</source><translation>模型占用减半；画面略有变化。</translation></message>
<message><source>Channels last</source><translation>通道在后</translation></message>
<message><source>Another order of pixels in memory; faster on some cards.</source><translation>内存中像素的另一种排列；在部分显卡上更快。</translation></message>
<message><source>Compile the model</source><translation>编译模型</translation></message>
<message><source>Makes steps faster after a first run that takes a minute or more; each new size compiles again.</source><translation>首次运行需一分钟以上，之后每步更快；每个新尺寸都要重新编译。</translation></message>
<message><source>Models kept in memory</source><translation>内存中保留的模型</translation></message>
<message><source>How many GiB of recently used models stay in RAM, so that switching back is instant.</source><translation>最近用过的模型在内存中最多保留多少 GiB，切换回来无需等待。</translation></message>
<message><source>Live preview every n steps</source><translation>每 n 步实时预览</translation></message>
<message><source>How often the picture so far is shown; 0 turns it off.</source><translation>多久显示一次当前画面；0 为关闭。</translation></message>
<message><source>Live preview method</source><translation>实时预览方式</translation></message>
<message><source>approximate costs nothing, TAESD is sharper and needs its file in models/VAE-approx.</source><translation>“近似”不花时间；TAESD 更清晰，需要 models/VAE-approx 中的文件。</translation></message>
<message><source>Further model folders</source><translation>其他模型文件夹</translation></message>
<message><source>Other folders laid out like models (a web UI's, a shared drive's).</source><translation>与 models 结构相同的其他文件夹（WebUI 的、共享盘上的）。</translation></message>
<message><source>Automatic</source><translation>自动</translation></message>
<message><source>Dark</source><translation>深色</translation></message>
<message><source>Light</source><translation>浅色</translation></message>
<message><source>Half</source><translation>半精度</translation></message>
<message><source>Full</source><translation>全精度</translation></message>
<message><source>Approximate</source><translation>近似</translation></message>
<message><source>Sub-quadratic</source><translation>亚二次 (Sub-quadratic)</translation></message>
<message><source>{version} (CPU)</source><translation>{version}（CPU）</translation></message>
<message><source>{version} ({build})</source><translation>{version}（{build}）</translation></message>
<message><source>not installed</source><translation>未安装</translation></message>
<message><source>Start the studio again: it installs it.</source><translation>重新启动本程序，它会自动安装。</translation></message>
<message><source>{version} (CPU only)</source><translation>{version}（仅 CPU）</translation></message>
<message><source>It cannot use the {card}. Run “python main.py doctor --repair” and start the studio again: it then installs the build that fits this card.</source><translation>它无法使用 {card}。运行“python main.py doctor --repair”后重新启动，会安装适合这块显卡的版本。</translation></message>
<message><source>It does not run on the {card} with driver {driver}. Run “python main.py doctor --repair” and start the studio again: it then installs the build that fits this card.</source><translation>它无法在 {card}（驱动 {driver}）上运行。运行“python main.py doctor --repair”后重新启动，会安装适合这块显卡的版本。</translation></message>
<message><source>Pictures are made by</source><translation>作画设备</translation></message>
<message><source>the processor</source><translation>处理器</translation></message>
<message><source>The {card} cannot be used by this torch. Run “python main.py doctor --repair” and start the studio again: it then installs the build that fits this card.</source><translation>当前的 torch 无法使用 {card}。运行“python main.py doctor --repair”后重新启动，会安装适合这块显卡的版本。</translation></message>
<message><source>AMD card (ROCm)</source><translation>AMD 显卡（ROCm）</translation></message>
<message><source>Intel card (XPU)</source><translation>Intel 显卡（XPU）</translation></message>
<message><source>Apple GPU (MPS)</source><translation>Apple GPU（MPS）</translation></message>
<message><source>Without an NVIDIA card a picture takes minutes, not seconds.</source><translation>没有英伟达显卡，一张图片要几分钟而不是几秒。</translation></message>
<message><source>The AMD card needs a ROCm build of torch, which the studio does not install by itself.</source><translation>AMD 显卡需要 ROCm 版的 torch，本程序不会自动安装。</translation></message>
<message><source>Intel graphics need an XPU build of torch, which the studio does not install by itself.</source><translation>Intel 显卡需要 XPU 版的 torch，本程序不会自动安装。</translation></message>
<message><source>Graphics card</source><translation>显卡</translation></message>
<message><source>The studio is made for NVIDIA cards.</source><translation>本程序为英伟达显卡设计。</translation></message>
<message><source>none found</source><translation>未找到</translation></message>
<message><source>The studio is made for NVIDIA cards with 4 GB or more.</source><translation>本程序为 4 GB 以上显存的英伟达显卡设计。</translation></message>
<message><source>Graphics memory</source><translation>显存</translation></message>
<message><source>{total:.1f} GB, {free:.1f} GB free</source><translation>{total:.1f} GB，可用 {free:.1f} GB</translation></message>
<message><source>Under 4 GB only small pictures fit; choose a VRAM preset.</source><translation>不足 4 GB 时只能画小图；请选择显存预设。</translation></message>
<message><source>Other programs hold most of it. Close games, browsers and other image programs.</source><translation>大部分被其他程序占用。请关闭游戏、浏览器和其他绘图程序。</translation></message>
<message><source>no NVIDIA card</source><translation>没有英伟达显卡</translation></message>
<message><source>Only NVIDIA cards tell this.</source><translation>只有英伟达显卡提供此信息。</translation></message>
<message><source>Driver</source><translation>驱动</translation></message>
<message><source>It is too old for every build of torch. Install a newer driver from https://www.nvidia.com/drivers.</source><translation>对所有版本的 torch 都太旧。请从 https://www.nvidia.com/drivers 安装新驱动。</translation></message>
<message><source>Compute capability</source><translation>计算能力</translation></message>
<message><source>unknown</source><translation>未知</translation></message>
<message><source>The driver is too old to tell. Install a newer driver from https://www.nvidia.com/drivers.</source><translation>驱动太旧，无法得知。请从 https://www.nvidia.com/drivers 安装新驱动。</translation></message>
<message><source>torch no longer runs on cards of this age; 5.0 is the least.</source><translation>torch 不再支持这样旧的显卡；最低 5.0。</translation></message>
<message><source>Memory</source><translation>内存</translation></message>
<message><source>16 GB or more are advised: close other programs while the studio works.</source><translation>建议 16 GB 以上：作画时请关闭其他程序。</translation></message>
<message><source>Free disk space</source><translation>可用磁盘空间</translation></message>
<message><source>60 GB or more are advised; models have 2 to 7 GB each.</source><translation>建议 60 GB 以上；每个模型 2 到 7 GB。</translation></message>
<message><source>Pictures will soon fail to be saved: free some space.</source><translation>图片即将无法保存：请腾出空间。</translation></message>
<message><source>Updates need it; get it from https://git-scm.com.</source><translation>更新需要它；可从 https://git-scm.com 获取。</translation></message>
<message><source>not installed; torch's own attention is used</source><translation>未安装；使用 torch 自带的注意力</translation></message>
<message><source>{version}, not usable without an NVIDIA card</source><translation>{version}，没有英伟达显卡无法使用</translation></message>
<message><source>{version}, not usable: made for torch {wanted}, there is {torch}</source><translation>{version}，无法使用：为 torch {wanted} 制作，当前为 {torch}</translation></message>
<message><source>Nothing needs it, torch's own attention is used. Uninstall it, or install the version for this torch.</source><translation>它并非必需，将使用 torch 自带的注意力。可以卸载它，或安装对应当前 torch 的版本。</translation></message>
<message><source>Folders</source><translation>文件夹</translation></message>
<message><source>This folder cannot be written. Change its permissions or choose another in Settings.</source><translation>此文件夹无法写入。请更改权限或在设置中另选。</translation></message>
<message><source>Models</source><translation>模型</translation></message>
<message><source>{count} found</source><translation>找到 {count} 个</translation></message>
<message><source>Put a .safetensors checkpoint into {path}.</source><translation>请把 .safetensors 模型放入 {path}。</translation></message>
<message><source>torch itself says</source><translation>torch 自检</translation></message>
<message><source>It does not see the {card}. Run “python main.py doctor --repair” and start the studio again: it then installs the build that fits this card.</source><translation>它看不到 {card}。运行“python main.py doctor --repair”后重新启动，会安装适合这块显卡的版本。</translation></message>
<message><source>Run “python main.py doctor --repair” and start the studio again: it then installs the build that fits this card.</source><translation>运行“python main.py doctor --repair”后重新启动，会安装适合这块显卡的版本。</translation></message>
<message><source>sampler</source><translation>采样方法</translation></message>
<message><source>schedule</source><translation>调度类型</translation></message>
<message><source>upscaler</source><translation>放大算法</translation></message>
<message><source>style</source><translation>样式</translation></message>
<message><source>checkpoint</source><translation>模型</translation></message>
<message><source>source of random numbers</source><translation>随机数来源</translation></message>
<message><source>emphasis mode</source><translation>强调模式</translation></message>
<message><source>model family</source><translation>模型类型</translation></message>
<message><source>{title} cannot be {value}: {reason}.</source><translation>{title} 不能是 {value}：{reason}。</translation></message>
<message><source>There is nothing to paint.</source><translation>没有可画的内容。</translation></message>
<message><source>Give a prompt: python main.py generate "a red apple".</source><translation>请给出提示词：python main.py generate "a red apple"。</translation></message>
<message><source>There is no {kind} named “{name}”.</source><translation>没有名为“{name}”的{kind}。</translation></message>
<message><source>Did you mean: {close}?</source><translation>是否想用：{close}？</translation></message>
<message><source>Choose one from the list.</source><translation>请从列表中选择。</translation></message>
<message><source>{path} cannot be used.</source><translation>无法使用 {path}。</translation></message>
<message><source>Check that the folder exists and the name is valid.</source><translation>请检查文件夹是否存在、名称是否有效。</translation></message>
<message><source>The disk is full; {path} was not written.</source><translation>磁盘已满；{path} 未能写入。</translation></message>
<message><source>Free some space and try again.</source><translation>请腾出空间后重试。</translation></message>
<message><source>{path} may not be written.</source><translation>没有写入 {path} 的权限。</translation></message>
<message><source>Choose another folder or change its permissions.</source><translation>请另选文件夹或更改其权限。</translation></message>
<message><source>{name} holds a text that is too long to be parameters.</source><translation>{name} 中的文本过长，不会是生成参数。</translation></message>
<message><source>{name} holds no parameters.</source><translation>{name} 中没有生成参数。</translation></message>
<message><source>It was saved without them, or another program removed them.</source><translation>保存时没有写入，或被其他程序移除。</translation></message>
<message><source>{name} is not a picture that can be read.</source><translation>{name} 不是可以读取的图片。</translation></message>
<message><source>Choose a PNG, JPEG, WebP, AVIF or GIF file.</source><translation>请选择 PNG、JPEG、WebP、AVIF 或 GIF 文件。</translation></message>
<message><source>“{text}” in {tag} is not a number.</source><translation>{tag} 中的“{text}”不是数字。</translation></message>
<message><source>Write it like &lt;lora:name:0.8&gt;.</source><translation>请写成 &lt;lora:名称:0.8&gt; 的形式。</translation></message>
<message><source>“{name}” cannot be a style's name.</source><translation>“{name}”不能作为样式名。</translation></message>
<message><source>Choose one that does not begin with #.</source><translation>请选用不以 # 开头的名称。</translation></message>
<message><source>{name} is no list of styles: its first row has no column “name”.</source><translation>{name} 不是样式列表：第一行没有“name”列。</translation></message>
<message><source>Move the file away, or write name,prompt,negative_prompt into its first row.</source><translation>请移走该文件，或在第一行写入 name,prompt,negative_prompt。</translation></message>
<message><source>xFormers cannot be used with this PyTorch and card.</source><translation>xFormers 无法在当前的 PyTorch 和显卡上使用。</translation></message>
<message><source>Choose auto or sdpa under Settings, Attention; it is as fast.</source><translation>请在“设置 - 注意力优化”中选择“自动”或 SDPA，速度相同。</translation></message>
<message><source>There is no precision named “{choice}”.</source><translation>没有名为“{choice}”的精度。</translation></message>
<message><source>Choose one in the settings.</source><translation>请在设置中选择。</translation></message>
<message><source>There is not enough memory for {width} x {height} pixels with this model.</source><translation>内存不足以用此模型生成 {width} x {height} 像素的图片。</translation></message>
<message><source>Choose a smaller size or batch, or close other programs that use the card.</source><translation>请减小尺寸或每批数量，或关闭其他占用显卡的程序。</translation></message>
<message><source>{name} is {kind}; that cannot be used here.</source><translation>{name} 是{kind}，不能用在这里。</translation></message>
<message><source>{name} has no {missing} inside.</source><translation>{name} 中没有 {missing}。</translation></message>
<message><source>Use the whole checkpoint, as .safetensors with text encoder and VAE.</source><translation>请使用完整模型，即带文本编码器和 VAE 的 .safetensors。</translation></message>
<message><source>{name} is not a Stable Diffusion model.</source><translation>{name} 不是 Stable Diffusion 模型。</translation></message>
<message><source>Choose a checkpoint.</source><translation>请选择一个模型。</translation></message>
<message><source>{name} is {kind}, not a checkpoint.</source><translation>{name} 是{kind}，不是模型。</translation></message>
<message><source>Put it into models/{folder} and choose a checkpoint.</source><translation>请把它放入 models/{folder}，并选择一个模型。</translation></message>
<message><source>There is no VAE in {name}.</source><translation>{name} 中没有 VAE。</translation></message>
<message><source>Put a VAE of its family into models/VAE and choose it.</source><translation>请把同类型的 VAE 放入 models/VAE 并选择它。</translation></message>
<message><source>{name} wants {channels} input channels; such models are not supported.</source><translation>{name} 需要 {channels} 个输入通道；不支持这类模型。</translation></message>
<message><source>Choose a text to image, inpainting or pix2pix model.</source><translation>请选择文生图、局部重绘或 pix2pix 模型。</translation></message>
<message><source>The VAE {name} belongs to another model family.</source><translation>VAE {name} 属于另一类模型。</translation></message>
<message><source>Choose another VAE.</source><translation>请选择其他 VAE。</translation></message>
<message><source>{name} is not a VAE.</source><translation>{name} 不是 VAE。</translation></message>
<message><source>What {name} says about the model makes no sense.</source><translation>{name} 对模型的描述不合理。</translation></message>
<message><source>Mend it or take it away.</source><translation>请修正或移走它。</translation></message>
<message><source>{name} is broken: a tensor claims more than it holds.</source><translation>{name} 已损坏：有张量声称的大小超过实际内容。</translation></message>
<message><source>Download it again.</source><translation>请重新下载。</translation></message>
<message><source>{name} holds numbers of the kind {kinds}, which are not supported.</source><translation>{name} 含有不支持的数值类型 {kinds}。</translation></message>
<message><source>Use an fp16 version of this model.</source><translation>请使用该模型的 fp16 版本。</translation></message>
<message><source>{name} is broken or cut short.</source><translation>{name} 已损坏或不完整。</translation></message>
<message><source>{name} is incomplete: {tensor} is missing.</source><translation>{name} 不完整：缺少 {tensor}。</translation></message>
<message><source>Download it again, or use another version of the model.</source><translation>请重新下载，或使用该模型的其他版本。</translation></message>
<message><source>The parts of {name} do not fit together.</source><translation>{name} 的各部分互不匹配。</translation></message>
<message><source>If the model came with a .yaml file, put that beside it.</source><translation>如果模型附带 .yaml 文件，请放在它旁边。</translation></message>
<message><source>{name} is not a TAESD decoder.</source><translation>{name} 不是 TAESD 解码器。</translation></message>
<message><source>Use taesd_decoder or taesdxl_decoder.</source><translation>请使用 taesd_decoder 或 taesdxl_decoder。</translation></message>
<message><source>DPM adaptive works in order 2 or 3, not {order}.</source><translation>DPM adaptive 只能用 2 阶或 3 阶，不能用 {order} 阶。</translation></message>
<message><source>UniPC looks back {order} steps, but there are only {steps}.</source><translation>UniPC 要回看 {order} 步，但只有 {steps} 步。</translation></message>
<message><source>Choose more steps, a higher denoising strength or a lower UniPC order.</source><translation>请增加步数、提高重绘幅度或降低 UniPC 阶数。</translation></message>
<message><source>A schedule needs at least one step, not {steps}.</source><translation>调度至少需要一步，不能是 {steps}。</translation></message>
<message><source>This sampler can make {most} steps at most, not {steps}.</source><translation>此采样方法最多 {most} 步，不能是 {steps} 步。</translation></message>
<message><source>Choose fewer steps, a higher denoising strength or another sampler.</source><translation>请减少步数、提高重绘幅度或换用其他采样方法。</translation></message>
<message><source>The embedding “{name}” has {count} vectors; a prompt's chunk holds {limit}.</source><translation>嵌入“{name}”有 {count} 个向量；提示词的一个分块只能容纳 {limit} 个。</translation></message>
<message><source>Take it out of the prompt.</source><translation>请把它从提示词中去掉。</translation></message>
<message><source>The embedding “{name}” was made for another kind of model.</source><translation>嵌入“{name}”是为另一类模型制作的。</translation></message>
<message><source>Take it out of the prompt, or choose a model it was made for.</source><translation>请把它从提示词中去掉，或选择对应的模型。</translation></message>
<message><source>Clip skip {skip} is more than this model's text encoder has layers ({layers}).</source><translation>CLIP 跳过层 {skip} 超过了此模型文本编码器的层数（{layers}）。</translation></message>
<message><source>Lower the clip skip.</source><translation>请减小 CLIP 跳过层。</translation></message>
<message><source>The prompt has a weight that is too large.</source><translation>提示词中的权重过大。</translation></message>
<message><source>Write weights such as 1.2.</source><translation>请使用 1.2 这样的权重。</translation></message>
<message><source>The model produced invalid numbers instead of a picture.</source><translation>模型产生的是无效数值而不是图片。</translation></message>
<message><source>Set Precision to bfloat16 or full in the settings, or use another model file.</source><translation>请在设置中把精度改为 bfloat16 或全精度，或换用其他模型文件。</translation></message>
<message><source>The VAE produced no picture, only invalid numbers.</source><translation>VAE 没有产生图片，只有无效数值。</translation></message>
<message><source>Choose another VAE file, or fewer extreme settings (CFG scale, networks).</source><translation>请换用其他 VAE 文件，或减少极端设置（提示词引导系数、附加网络）。</translation></message>
<message><source>The live preview is approximate: there is no TAESD decoder in models/VAE-approx.</source><translation>实时预览为近似画面：models/VAE-approx 中没有 TAESD 解码器。</translation></message>
<message><source>There is no checkpoint yet.</source><translation>还没有模型。</translation></message>
<message><source>Check that the folder may be written and no other program holds the file.</source><translation>请检查文件夹是否可写、文件是否被其他程序占用。</translation></message>
<message><source>{name} could not be read and was begun anew.</source><translation>无法读取 {name}，已重新建立。</translation></message>
<message><source>The old file is kept as {aside}.</source><translation>旧文件保留为 {aside}。</translation></message>
<message><source>Reading pictures …</source><translation>正在读取图片…</translation></message>
<message><source>seed: is followed by a number.</source><translation>seed: 之后应为数字。</translation></message>
<message><source>Write for example {example}.</source><translation>例如写成 {example}。</translation></message>
<message><source>size: is followed by width x height.</source><translation>size: 之后应为 宽x高。</translation></message>
<message><source>date: is followed by a year, a month or a day.</source><translation>date: 之后应为年、月或日。</translation></message>
<message><source>{name} is not a safetensors file.</source><translation>{name} 不是 safetensors 文件。</translation></message>
<message><source>Computing the model's hash …</source><translation>正在计算模型哈希…</translation></message>
<message><source>{name} is broken: its header contradicts itself.</source><translation>{name} 已损坏：文件头自相矛盾。</translation></message>
<message><source>{name} is cut short: {have} of {wanted} MiB are there.</source><translation>{name} 不完整：{wanted} MiB 中只有 {have} MiB。</translation></message>
<message><source>The download stopped early; download it again.</source><translation>下载提前中断；请重新下载。</translation></message>
<message><source>{name} is empty.</source><translation>{name} 是空文件。</translation></message>
<message><source>{path} is not what a model's folder has there.</source><translation>{path} 不是模型文件夹中应有的内容。</translation></message>
<message><source>{name} holds no tensors.</source><translation>{name} 中没有张量。</translation></message>
<message><source>{path} cannot be read.</source><translation>无法读取 {path}。</translation></message>
<message><source>Check that the file exists and may be read.</source><translation>请检查文件是否存在、是否可读。</translation></message>
<message><source>{name} wants to run code on this computer ({code}); it was not opened.</source><translation>{name} 想在这台电脑上运行代码（{code}）；未打开它。</translation></message>
<message><source>Use a .safetensors file of this model.</source><translation>请使用该模型的 .safetensors 文件。</translation></message>
<message><source>{name} is an archive.</source><translation>{name} 是压缩包。</translation></message>
<message><source>Unpack it and use the model file inside.</source><translation>请解压并使用其中的模型文件。</translation></message>
<message><source>This job is no longer in the queue.</source><translation>此任务已不在队列中。</translation></message>
<message><source>This job has already begun.</source><translation>此任务已经开始。</translation></message>
<message><source>Duplicate it and change the copy.</source><translation>请复制后修改副本。</translation></message>
<message><source>This job is running.</source><translation>此任务正在运行。</translation></message>
<message><source>Stop it first.</source><translation>请先停止它。</translation></message>
<message><source>{path} does not exist any more.</source><translation>{path} 已不存在。</translation></message>
<message><source>Reload the list.</source><translation>请刷新列表。</translation></message>
<message><source>{name} is not a training's state.</source><translation>{name} 不是训练状态。</translation></message>
<message><source>Delete it and train again.</source><translation>请删除它并重新训练。</translation></message>
<message><source>Proxy</source><translation>代理</translation></message>
<message><source>Address of a proxy, like http://127.0.0.1:7890 or socks5://127.0.0.1:1080; empty follows the system.</source><translation>代理地址，例如 http://127.0.0.1:7890 或 socks5://127.0.0.1:1080；留空则跟随系统。</translation></message>
<message><source>Proxy for Git</source><translation>Git 使用代理</translation></message>
<message><source>Versions and extensions come through the proxy.</source><translation>版本和扩展通过代理获取。</translation></message>
<message><source>Proxy for pip</source><translation>pip 使用代理</translation></message>
<message><source>Python packages come through the proxy.</source><translation>Python 包通过代理获取。</translation></message>
<message><source>Proxy for the web UI</source><translation>WebUI 使用代理</translation></message>
<message><source>What the web UI itself loads comes through the proxy.</source><translation>WebUI 自身下载的内容通过代理获取。</translation></message>
<message><source>Proxy for downloads</source><translation>下载使用代理</translation></message>
<message><source>Models that the studio downloads come through the proxy.</source><translation>本程序下载模型时使用代理。</translation></message>
<message><source>Git mirror</source><translation>Git 镜像</translation></message>
<message><source>Put before https://github.com/ when versions and extensions are fetched; empty fetches directly.</source><translation>获取版本和扩展时加在 https://github.com/ 前面；留空则直接获取。</translation></message>
<message><source>Package index</source><translation>PyPI 镜像</translation></message>
<message><source>Where pip finds Python packages; empty is its own setting.</source><translation>pip 获取 Python 包的地址；留空则使用 pip 自己的设置。</translation></message>
<message><source>Hugging Face mirror</source><translation>Hugging Face 镜像</translation></message>
<message><source>Stands for https://huggingface.co; empty asks that directly.</source><translation>代替 https://huggingface.co；留空则直接访问。</translation></message>
<message><source>Extension list</source><translation>扩展列表</translation></message>
<message><source>Address of the list of extensions; empty is the web UI's own.</source><translation>扩展列表的地址；留空则使用 WebUI 自带的地址。</translation></message>
<message><source>Network</source><translation>网络</translation></message>
<message><source>{name} is only a Git LFS pointer.</source><translation>{name} 只是一个 Git LFS 指针文件。</translation></message>
<message><source>Run “git lfs pull” or download the model.</source><translation>请运行 “git lfs pull”，或下载模型本身。</translation></message>
<message><source>{name} is a web page, not a model.</source><translation>{name} 是网页，不是模型。</translation></message>
<message><source>The download failed or needed a login; download it again.</source><translation>下载失败，或需要登录；请重新下载。</translation></message>
<message><source>{name} is a server's answer in text form, not a model.</source><translation>{name} 是服务器返回的文本，不是模型。</translation></message>
<message><source>{name} is a GGUF file; this format is not supported yet.</source><translation>{name} 是 GGUF 文件，暂不支持这种格式。</translation></message>
<message><source>Use its .safetensors version.</source><translation>请改用它的 .safetensors 版本。</translation></message>
</context>
</TS>
