<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Under 4 GB</source><translation>低于 4 GB</translation></message>
<message><source>Which way attention is computed; auto leaves it to the web UI.</source><translation>注意力的计算方式；“自动”交给 WebUI 决定。</translation></message>
<message><source>SDP, repeatable</source><translation>SDP（可复现）</translation></message>
<message><source>split v1</source><translation>分块 v1</translation></message>
<message><source>plain</source><translation>无优化</translation></message>
<message><source>Memory allocator</source><translation>显存分配器</translation></message>
<message><source>How torch shares out the card's memory; helps where there is enough of it, but in pieces.</source><translation>torch 分配显存的方式；显存总量够用但碎片化时有帮助。</translation></message>
<message><source>less fragmentation</source><translation>减少碎片</translation></message>
<message><source>asynchronous</source><translation>异步</translation></message>
<message><source>half is the smallest, full needs twice the memory and helps cards that paint black.</source><translation>半精度最省；全精度占用翻倍，适合会画出黑图的显卡。</translation></message>
<message><source>VAE in full precision</source><translation>VAE 使用全精度</translation></message>
<message><source>Helps against pictures that turn black at the end.</source><translation>避免最后一步变成黑图。</translation></message>
<message><source>Upcast sampling</source><translation>向上采样精度</translation></message>
<message><source>Samples in full precision: mends some cards at a low price.</source><translation>采样时使用全精度：以较小代价解决部分显卡的问题。</translation></message>
<message><source>Number of the card</source><translation>显卡编号</translation></message>
<message><source>Which card is used, counted from 0; empty is the first.</source><translation>使用哪块显卡，从 0 数起；留空为第一块。</translation></message>
<message><source>Use the processor</source><translation>使用处理器</translation></message>
<message><source>Pictures are made without the card, in minutes each.</source><translation>不使用显卡出图，每张需要数分钟。</translation></message>
<message><source>Port</source><translation>端口</translation></message>
<message><source>The number behind the colon in its address; 0 is its usual one.</source><translation>地址中冒号后面的数字；0 为默认端口。</translation></message>
<message><source>Open to the local network</source><translation>对局域网开放</translation></message>
<message><source>Other machines can use the web UI; set a password.</source><translation>其他机器也能使用 WebUI；请设置密码。</translation></message>
<message><source>Public link</source><translation>公网链接</translation></message>
<message><source>Makes a link for the whole internet; set a password.</source><translation>生成整个互联网都能访问的链接；请设置密码。</translation></message>
<message><source>User and password</source><translation>用户名和密码</translation></message>
<message><source>As name:password; several with commas between.</source><translation>写作 名称:密码；多个之间用逗号分隔。</translation></message>
<message><source>Other programs can use it; the studio needs it to stop the web UI gently.</source><translation>其他程序可以使用它；本程序需要它来平稳地停止 WebUI。</translation></message>
<message><source>User and password of the API</source><translation>API 的用户名和密码</translation></message>
<message><source>Open the browser</source><translation>打开浏览器</translation></message>
<message><source>Once the web UI is ready.</source><translation>在 WebUI 就绪之后。</translation></message>
<message><source>Browser</source><translation>浏览器</translation></message>
<message><source>The program that opens the page; empty is the system's own.</source><translation>用来打开页面的程序；留空为系统默认。</translation></message>
<message><source>Extensions to load</source><translation>扩展</translation></message>
<message><source>Without extensions the web UI starts safely, which shows whether one of them is to blame.</source><translation>不带扩展即为安全启动，可以看出是否是某个扩展的问题。</translation></message>
<message><source>all</source><translation>全部</translation></message>
<message><source>built-in only</source><translation>仅内置</translation></message>
<message><source>no extension</source><translation>不加载扩展</translation></message>
<message><source>Start again after a crash</source><translation>崩溃后自动重启</translation></message>
<message><source>Up to three times, with growing pauses.</source><translation>最多三次，间隔逐渐变长。</translation></message>
<message><source>Install nothing</source><translation>不安装任何东西</translation></message>
<message><source>Starts faster; packages that are missing stay missing.</source><translation>启动更快；缺少的包不会补上。</translation></message>
<message><source>No hashes of models</source><translation>不计算模型哈希</translation></message>
<message><source>Loads new models faster; pictures then do not tell their model.</source><translation>新模型加载更快；图片中不再记录模型。</translation></message>
<message><source>Folder of all models</source><translation>模型总目录</translation></message>
<message><source>Its folders are named as in the web UI; empty is its own.</source><translation>其中的文件夹名与 WebUI 相同；留空为它自己的目录。</translation></message>
<message><source>Environment variables</source><translation>环境变量</translation></message>
<message><source>Set for the web UI only.</source><translation>只对 WebUI 生效。</translation></message>
<message><source>Further flags</source><translation>其他参数</translation></message>
<message><source>Any flag of this version by its name.</source><translation>此版本的任意参数，按名称填写。</translation></message>
<message><source>Further arguments</source><translation>自定义参数</translation></message>
<message><source>Written as on a command line; quotes hold words together.</source><translation>与命令行写法相同；引号把词连在一起。</translation></message>
<message><source>Medium memory</source><translation>中等显存</translation></message>
<message><source>Only one part of the model is on the card at a time: a little slower, for cards with 4 to 8 GB.</source><translation>显存中一次只放模型的一个部分：稍慢，适合 4 到 8 GB 的显卡。</translation></message>
<message><source>Medium memory for SDXL</source><translation>中等显存（仅 SDXL）</translation></message>
<message><source>As medium memory, but for SDXL models only; for cards with 8 to 12 GB.</source><translation>与“中等显存”相同，但只用于 SDXL 模型；适合 8 到 12 GB 的显卡。</translation></message>
<message><source>Low memory</source><translation>低显存</translation></message>
<message><source>The network comes to the card piece by piece: very slow, for cards under 4 GB.</source><translation>网络分块送入显存：非常慢，适合低于 4 GB 的显卡。</translation></message>
<message><source>Load straight to the card</source><translation>直接加载到显存</translation></message>
<message><source>Saves main memory, not the card's: for machines with little RAM and a large card.</source><translation>节省的是内存而不是显存：适合内存小、显存大的机器。</translation></message>
<message><source>Another order of pixels in memory; faster on some cards, slower on others.</source><translation>改变像素在显存中的排列；有的显卡更快，有的更慢。</translation></message>
<message><source>Load models the old way</source><translation>用旧方式加载模型</translation></message>
<message><source>Needs more RAM while loading; helps where the new way fails.</source><translation>加载时需要更多内存；新方式失败时有用。</translation></message>
<message><source>Model in full precision</source><translation>模型使用全精度</translation></message>
<message><source>Twice the memory and slower; for cards that cannot compute in half precision.</source><translation>占用翻倍且更慢；适合不能用半精度计算的显卡。</translation></message>
<message><source>Helps against black pictures at the last step; costs some memory.</source><translation>避免最后一步变成黑图；多用一些显存。</translation></message>
<message><source>Computes the sampling in full precision: mends some cards at a lower price than a model in full precision.</source><translation>采样时使用全精度：比整个模型使用全精度代价更小。</translation></message>
<message><source>autocast chooses by itself; full computes everything in full precision, half everything in half.</source><translation>autocast 自动选择；full 全部用全精度，half 全部用半精度。</translation></message>
<message><source>Do not look for broken numbers</source><translation>不检查坏数值</translation></message>
<message><source>A picture that failed is then black without a word why.</source><translation>出错的图片会直接变黑，没有任何说明。</translation></message>
<message><source>Fast attention with little memory for NVIDIA cards; installs the package if it is missing.</source><translation>NVIDIA 显卡上快速而省显存的注意力；缺少时会自动安装。</translation></message>
<message><source>Force xFormers</source><translation>强制 xFormers</translation></message>
<message><source>Uses xFormers even where the web UI thinks that it does not work.</source><translation>即使 WebUI 认为不可用也使用 xFormers。</translation></message>
<message><source>xFormers with flash attention</source><translation>xFormers 闪存注意力</translation></message>
<message><source>Makes results repeatable; for SD 2.x models.</source><translation>让结果可复现；用于 SD 2.x 模型。</translation></message>
<message><source>SDP attention</source><translation>SDP 注意力</translation></message>
<message><source>Torch's own fast attention; the same seed may differ a little from time to time.</source><translation>torch 自带的快速注意力；同一种子的结果可能略有差别。</translation></message>
<message><source>SDP attention, repeatable</source><translation>SDP 注意力（可复现）</translation></message>
<message><source>As SDP, with the same result each time and somewhat more memory.</source><translation>与 SDP 相同，但每次结果一致，多用一些显存。</translation></message>
<message><source>Sub-quadratic attention</source><translation>亚二次注意力</translation></message>
<message><source>Slower with little memory; for AMD cards, Apple and large pictures.</source><translation>较慢但省显存；适合 AMD、苹果和大尺寸图片。</translation></message>
<message><source>Doggettx attention</source><translation>Doggettx 注意力</translation></message>
<message><source>Attention in pieces, the default where nothing faster is there.</source><translation>分块计算注意力，没有更快的方式时的默认选择。</translation></message>
<message><source>Split attention v1</source><translation>分块注意力 v1</translation></message>
<message><source>The older attention in pieces; needs the least memory.</source><translation>较旧的分块方式；最省显存。</translation></message>
<message><source>InvokeAI attention</source><translation>InvokeAI 注意力</translation></message>
<message><source>Attention as InvokeAI does it; good on Apple machines.</source><translation>InvokeAI 的计算方式；在苹果机器上表现好。</translation></message>
<message><source>Plain attention</source><translation>无优化的注意力</translation></message>
<message><source>Attention without any optimization: needs the most memory.</source><translation>不做任何优化：占用显存最多。</translation></message>
<message><source>Size of query chunks</source><translation>查询分块大小</translation></message>
<message><source>For sub-quadratic attention; smaller needs less memory and is slower.</source><translation>用于亚二次注意力；越小越省显存，也越慢。</translation></message>
<message><source>Size of key chunks</source><translation>键分块大小</translation></message>
<message><source>Memory before chunks</source><translation>开始分块的显存占比</translation></message>
<message><source>Percentage of the card's memory from which sub-quadratic attention works in chunks.</source><translation>显存占用达到此百分比后，亚二次注意力才分块计算。</translation></message>
<message><source>Which card is used, counted from 0.</source><translation>使用哪块显卡，从 0 数起。</translation></message>
<message><source>The parts named here are computed by the processor; all means everything and takes minutes per picture.</source><translation>列出的部分由处理器计算；all 表示全部，每张图需要数分钟。</translation></message>
<message><source>Intel cards</source><translation>Intel 显卡</translation></message>
<message><source>Uses Intel's graphics cards.</source><translation>使用 Intel 的显卡。</translation></message>
<message><source>Skip the test of the card</source><translation>跳过显卡检测</translation></message>
<message><source>Starts although torch sees no card; the cause stays, and pictures are made by the processor.</source><translation>即使 torch 找不到显卡也启动；原因仍在，图片由处理器生成。</translation></message>
<message><source>Address to listen at</source><translation>监听地址</translation></message>
<message><source>One address or name of this machine; stands instead of opening to all.</source><translation>本机的某个地址或名称；代替对所有地址开放。</translation></message>
<message><source>The number behind the colon in the web UI's address.</source><translation>WebUI 地址中冒号后面的数字。</translation></message>
<message><source>Everybody on the internet who knows the link can use the web UI; set a password.</source><translation>互联网上知道链接的任何人都能使用 WebUI；请设置密码。</translation></message>
<message><source>ngrok token</source><translation>ngrok 令牌</translation></message>
<message><source>Makes the web UI public through ngrok.</source><translation>通过 ngrok 公开 WebUI。</translation></message>
<message><source>Path below the address</source><translation>地址下的路径</translation></message>
<message><source>For a reverse proxy.</source><translation>用于反向代理。</translation></message>
<message><source>Key of the certificate</source><translation>证书密钥</translation></message>
<message><source>For https; goes together with the certificate.</source><translation>用于 https；需与证书一起使用。</translation></message>
<message><source>Certificate</source><translation>证书</translation></message>
<message><source>For https; goes together with its key.</source><translation>用于 https；需与密钥一起使用。</translation></message>
<message><source>Do not check certificates</source><translation>不验证证书</translation></message>
<message><source>For a certificate you made yourself.</source><translation>用于自己签发的证书。</translation></message>
<message><source>Who may use the page, as name:password; several with commas between.</source><translation>谁可以使用页面，写作 名称:密码；多个之间用逗号分隔。</translation></message>
<message><source>File of passwords</source><translation>密码文件</translation></message>
<message><source>A text file with name:password, several with commas or on lines of their own.</source><translation>内容为 名称:密码 的文本文件，多个之间用逗号或换行分隔。</translation></message>
<message><source>Folder the page may show</source><translation>页面可读取的文件夹</translation></message>
<message><source>Files of this folder can be read by everybody who can open the page.</source><translation>能打开页面的人都能读取此文件夹中的文件。</translation></message>
<message><source>Without queue</source><translation>不使用队列</translation></message>
<message><source>The page asks over plain connections; helps behind some proxies, times out on long pictures.</source><translation>页面使用普通连接；在某些代理后有用，耗时长的图片会超时。</translation></message>
<message><source>Pages that may use the API</source><translation>可以使用 API 的网页</translation></message>
<message><source>Addresses of other web pages, with commas between.</source><translation>其他网页的地址，用逗号分隔。</translation></message>
<message><source>Pattern of pages that may use the API</source><translation>可以使用 API 的网页规则</translation></message>
<message><source>As the list of pages, as one regular expression.</source><translation>与网页列表相同，但写成一个正则表达式。</translation></message>
<message><source>Seconds a connection stays open</source><translation>连接保持秒数</translation></message>
<message><source>Raise it if connections break behind a proxy.</source><translation>在代理后连接中断时可调大。</translation></message>
<message><source>Other programs can make pictures through the web UI; the studio needs it to stop it gently.</source><translation>其他程序可以通过 WebUI 出图；本程序需要它来平稳地停止 WebUI。</translation></message>
<message><source>Log the API</source><translation>记录 API 日志</translation></message>
<message><source>Each question of a program stands in the log.</source><translation>程序的每次请求都会写入日志。</translation></message>
<message><source>Stop through the API</source><translation>通过 API 停止</translation></message>
<message><source>Lets programs stop and restart the web UI; the studio uses it.</source><translation>允许程序停止和重启 WebUI；本程序会使用它。</translation></message>
<message><source>API without page</source><translation>只有 API 没有页面</translation></message>
<message><source>Only programs can use it, there is no page.</source><translation>只有程序能使用，没有页面。</translation></message>
<message><source>Prepare nothing</source><translation>不做任何准备</translation></message>
<message><source>Neither packages nor repositories are looked at.</source><translation>既不检查包也不检查仓库。</translation></message>
<message><source>Any Python</source><translation>任意 Python</translation></message>
<message><source>Starts with a Python the web UI was not made for.</source><translation>即使 Python 版本不受支持也启动。</translation></message>
<message><source>Any torch</source><translation>任意 torch</translation></message>
<message><source>Does not compare torch and xFormers with the versions the web UI was made for.</source><translation>不比较 torch 和 xFormers 是否为 WebUI 适配的版本。</translation></message>
<message><source>Load the model later</source><translation>稍后加载模型</translation></message>
<message><source>The model comes with the first picture; works only without a page.</source><translation>第一张图时才加载模型；仅在没有页面时有效。</translation></message>
<message><source>Reinstall torch</source><translation>重装 torch</translation></message>
<message><source>At every start as long as it stands here.</source><translation>只要写在这里，每次启动都会执行。</translation></message>
<message><source>Reinstall xFormers</source><translation>重装 xFormers</translation></message>
<message><source>Look for a newer version</source><translation>检查新版本</translation></message>
<message><source>Says at the start whether there is one.</source><translation>启动时提示是否有新版本。</translation></message>
<message><source>Update extensions at the start</source><translation>启动时更新扩展</translation></message>
<message><source>At every start, without a way back; the studio's own update has one.</source><translation>每次启动都更新且无法回退；本程序自带的更新可以回退。</translation></message>
<message><source>Log the start</source><translation>记录启动过程</translation></message>
<message><source>Tells what each part of the start took.</source><translation>显示启动的每个部分用了多久。</translation></message>
<message><source>Level of the log</source><translation>日志级别</translation></message>
<message><source>DEBUG tells the most, CRITICAL the least.</source><translation>DEBUG 最详细，CRITICAL 最简略。</translation></message>
<message><source>Page without a model</source><translation>没有模型的页面</translation></message>
<message><source>Starts quickly and cannot make pictures; for tests.</source><translation>启动很快但不能出图；用于测试。</translation></message>
<message><source>Prepare and end</source><translation>准备后退出</translation></message>
<message><source>Installs what is needed and does not start.</source><translation>安装所需内容后不启动。</translation></message>
<message><source>Without any extension</source><translation>不加载任何扩展</translation></message>
<message><source>Not even the built-in ones: shows whether an extension is to blame.</source><translation>包括内置扩展：用来判断是否是扩展的问题。</translation></message>
<message><source>Built-in extensions only</source><translation>仅内置扩展</translation></message>
<message><source>None that you installed: shows whether one of them is to blame.</source><translation>不加载你安装的扩展：用来判断是否是其中之一的问题。</translation></message>
<message><source>Loads new models faster; pictures then do not tell their model by its hash.</source><translation>新模型加载更快；图片中不再以哈希记录模型。</translation></message>
<message><source>Download no model</source><translation>不下载模型</translation></message>
<message><source>Without a model it starts with none instead of fetching 4 GB.</source><translation>没有模型时不下载 4 GB 的默认模型，直接启动。</translation></message>
<message><source>Folder of your data</source><translation>数据目录</translation></message>
<message><source>Settings, extensions, models and pictures are kept there.</source><translation>设置、扩展、模型和图片都保存在那里。</translation></message>
<message><source>Its folders are named as in the web UI.</source><translation>其中的文件夹名与 WebUI 相同。</translation></message>
<message><source>Further folder of checkpoints</source><translation>额外的大模型目录</translation></message>
<message><source>Read in addition to the usual one.</source><translation>在原目录之外一并读取。</translation></message>
<message><source>Model to start with</source><translation>启动时的模型</translation></message>
<message><source>This file is loaded first.</source><translation>首先加载这个文件。</translation></message>
<message><source>Further folder of VAEs</source><translation>额外的 VAE 目录</translation></message>
<message><source>Fixed VAE</source><translation>固定的 VAE</translation></message>
<message><source>Is always used; the setting in the page is then without effect.</source><translation>始终使用；页面中的设置将不起作用。</translation></message>
<message><source>Folder of LoRAs</source><translation>LoRA 目录</translation></message>
<message><source>Stands instead of the usual one.</source><translation>代替原来的目录。</translation></message>
<message><source>Folder of embeddings</source><translation>嵌入模型目录</translation></message>
<message><source>Folder of hypernetworks</source><translation>超网络目录</translation></message>
<message><source>File of styles</source><translation>样式文件</translation></message>
<message><source>May be given several times.</source><translation>可以给出多次。</translation></message>
<message><source>File of settings</source><translation>设置文件</translation></message>
<message><source>Stands instead of config.json.</source><translation>代替 config.json。</translation></message>
<message><source>File of the page's defaults</source><translation>页面默认值文件</translation></message>
<message><source>Stands instead of ui-config.json.</source><translation>代替 ui-config.json。</translation></message>
<message><source>Theme of the page</source><translation>页面主题</translation></message>
<message><source>light or dark.</source><translation>light（浅色）或 dark（深色）。</translation></message>
<message><source>The studio opens the browser itself once the web UI is ready.</source><translation>WebUI 就绪后由本程序自己打开浏览器。</translation></message>
<message><source>Seed as text</source><translation>文本形式的种子</translation></message>
<message><source>A text field for seeds, without arrows.</source><translation>种子使用文本框，没有箭头。</translation></message>
<message><source>Always show the progress bar</source><translation>始终显示进度条</translation></message>
<message><source>The page hides it by default for speed.</source><translation>页面默认为了速度而隐藏它。</translation></message>
<message><source>Forget the last prompt</source><translation>不记住上次提示词</translation></message>
<message><source>The last parameters are not kept in params.txt.</source><translation>不在 params.txt 中保存上次的参数。</translation></message>
<message><source>Freeze settings</source><translation>冻结设置</translation></message>
<message><source>Nobody can change settings in the page, you included.</source><translation>任何人都不能在页面中修改设置，包括你自己。</translation></message>
<message><source>Extensions from the network</source><translation>允许从网络安装扩展</translation></message>
<message><source>Whoever can open the page can install programs on this machine.</source><translation>能打开页面的人就能在本机安装程序。</translation></message>
<message><source>Do not check models</source><translation>不检查模型</translation></message>
<message><source>Old model files (.ckpt, .pt) can then run anything they like.</source><translation>旧格式模型文件（.ckpt、.pt）将可以执行任意操作。</translation></message>
<message><source>Allow code</source><translation>允许代码</translation></message>
<message><source>The page can run Python typed into it.</source><translation>页面可以执行输入的 Python 代码。</translation></message>
<message><source>File names as on Linux</source><translation>Linux 风格的文件名</translation></message>
<message><source>Only the slash is replaced in file names; such files may not open on Windows.</source><translation>文件名中只替换斜杠；这样的文件在 Windows 上可能打不开。</translation></message>
<message><source>Longest file name</source><translation>文件名最大长度</translation></message>
<message><source>In characters.</source><translation>以字符计。</translation></message>
<message><source>Without effect</source><translation>没有作用</translation></message>
<message><source>Has no effect any more; it is only accepted so that old command lines still start.</source><translation>已经没有作用；只是为了让旧的命令行还能启动而保留。</translation></message>
<message><source>Device</source><translation>设备</translation></message>
<message><source>Access for programs</source><translation>供程序使用</translation></message>
<message><source>Start</source><translation>启动</translation></message>
<message><source>Page</source><translation>页面</translation></message>
<message><source>Safety</source><translation>安全</translation></message>
<message><source>Beginner</source><translation>新手</translation></message>
<message><source>Expert</source><translation>专家</translation></message>
<message><source>{flags}: everybody who reaches this machine can use the web UI, without a password.</source><translation>{flags}：能访问本机的任何人都可以不用密码使用 WebUI。</translation></message>
<message><source>Set a user and a password.</source><translation>请设置用户名和密码。</translation></message>
<message><source>{flags}: every program that reaches this machine can use the API, without a password.</source><translation>{flags}：能访问本机的任何程序都可以不用密码使用 API。</translation></message>
<message><source>Set a user and a password of the API.</source><translation>请设置 API 的用户名和密码。</translation></message>
<message><source>{flags}: whoever opens the page can install programs on this machine.</source><translation>{flags}：能打开页面的人就能在本机安装程序。</translation></message>
<message><source>Leave the flag out and install extensions in the studio.</source><translation>请去掉此参数，在本程序中安装扩展。</translation></message>
<message><source>{flags}: a model file can run anything on this machine.</source><translation>{flags}：模型文件可以在本机执行任意操作。</translation></message>
<message><source>Leave the flag out and use .safetensors files.</source><translation>请去掉此参数，使用 .safetensors 文件。</translation></message>
<message><source>{flags}: the page can run any Python code.</source><translation>{flags}：页面可以执行任意 Python 代码。</translation></message>
<message><source>Leave the flag out unless you need that script.</source><translation>除非需要那个脚本，否则请去掉此参数。</translation></message>
<message><source>{flags}: every web page you visit can use the API.</source><translation>{flags}：你访问的任何网页都能使用 API。</translation></message>
<message><source>Name the pages that may.</source><translation>请写明允许的网页。</translation></message>
<message><source>{flags}: whoever opens the page can read every file of this machine.</source><translation>{flags}：能打开页面的人可以读取本机的所有文件。</translation></message>
<message><source>Name the one folder that is needed.</source><translation>请只写所需的那个文件夹。</translation></message>
<message><source>The chosen graphics memory is more than this card has: pictures will fail for want of memory.</source><translation>所选的显存档位超过了这块显卡：出图会因显存不足而失败。</translation></message>
<message><source>Choose auto, or the tier of this card.</source><translation>请选择“自动”或与显卡相符的档位。</translation></message>
<message><source>xFormers works with NVIDIA cards only, and there is none.</source><translation>xFormers 只适用于 NVIDIA 显卡，而本机没有。</translation></message>
<message><source>Choose sub-quadratic or SDP attention.</source><translation>请选择亚二次或 SDP 注意力。</translation></message>
<message><source>{flags} contradict each other: low memory wins.</source><translation>{flags} 相互矛盾：以低显存为准。</translation></message>
<message><source>Keep one of them.</source><translation>请只保留其中一个。</translation></message>
<message><source>{flags}: the second says nothing that the first does not.</source><translation>{flags}：第二个没有增加任何内容。</translation></message>
<message><source>{flags}: only one way to compute attention is used.</source><translation>{flags}：只会使用一种注意力计算方式。</translation></message>
<message><source>{flags} without --no-half: the model stays in half precision and fails.</source><translation>{flags} 没有配合 --no-half：模型仍是半精度，会出错。</translation></message>
<message><source>Add --no-half, or leave the precision to the web UI.</source><translation>请加上 --no-half，或把精度交给 WebUI 决定。</translation></message>
<message><source>{flags} contradict each other.</source><translation>{flags} 相互矛盾。</translation></message>
<message><source>{flags}: upcast sampling has no effect with a model in full precision.</source><translation>{flags}：模型使用全精度时，向上采样精度不起作用。</translation></message>
<message><source>{flags}: with a model in full precision its VAE is so anyway.</source><translation>{flags}：模型使用全精度时，VAE 本来就是全精度。</translation></message>
<message><source>Leave --no-half-vae out.</source><translation>请去掉 --no-half-vae。</translation></message>
<message><source>{flags}: the processor cannot compute in half precision.</source><translation>{flags}：处理器不能用半精度计算。</translation></message>
<message><source>Add --no-half and --precision full.</source><translation>请加上 --no-half 和 --precision full。</translation></message>
<message><source>{flags}: xFormers needs the card.</source><translation>{flags}：xFormers 需要显卡。</translation></message>
<message><source>Leave xFormers out.</source><translation>请去掉 xFormers。</translation></message>
<message><source>{flags}: the processor needs no graphics memory.</source><translation>{flags}：处理器不需要显存。</translation></message>
<message><source>Leave the memory flag out.</source><translation>请去掉显存参数。</translation></message>
<message><source>{flags} has no effect without xFormers.</source><translation>{flags} 没有 xFormers 时不起作用。</translation></message>
<message><source>Add --xformers, or leave it out.</source><translation>请加上 --xformers，或去掉它。</translation></message>
<message><source>{flags} has no effect without sub-quadratic attention.</source><translation>{flags} 没有亚二次注意力时不起作用。</translation></message>
<message><source>Add --opt-sub-quad-attention, or leave it out.</source><translation>请加上 --opt-sub-quad-attention，或去掉它。</translation></message>
<message><source>{flags} has no effect while there is a page.</source><translation>{flags} 在有页面时不起作用。</translation></message>
<message><source>Leave it out, or start without a page.</source><translation>请去掉它，或不带页面启动。</translation></message>
<message><source>{flags} has no effect without the API.</source><translation>{flags} 没有 API 时不起作用。</translation></message>
<message><source>Switch the API on, or leave it out.</source><translation>请开启 API，或去掉它。</translation></message>
<message><source>{flags} has no effect without a page.</source><translation>{flags} 没有页面时不起作用。</translation></message>
<message><source>Leave it out.</source><translation>请去掉它。</translation></message>
<message><source>{flags}: without a page the API is there anyway.</source><translation>{flags}：没有页面时本来就有 API。</translation></message>
<message><source>Leave --api out.</source><translation>请去掉 --api。</translation></message>
<message><source>{flags} without --tls-certfile: https needs both.</source><translation>{flags} 没有配合 --tls-certfile：https 两者都需要。</translation></message>
<message><source>Name the certificate as well.</source><translation>请同时填写证书。</translation></message>
<message><source>{flags} without --tls-keyfile: https needs both.</source><translation>{flags} 没有配合 --tls-keyfile：https 两者都需要。</translation></message>
<message><source>Name the key as well.</source><translation>请同时填写密钥。</translation></message>
<message><source>{flags}: the address that is named is used.</source><translation>{flags}：以写明的地址为准。</translation></message>
<message><source>{flags}: two public links at once.</source><translation>{flags}：同时有两个公网链接。</translation></message>
<message><source>{flags}: the studio opens the browser itself.</source><translation>{flags}：浏览器由本程序自己打开。</translation></message>
<message><source>Leave it out; the switch is among the options.</source><translation>请去掉它；选项中有相应开关。</translation></message>
<message><source>{flags}: a picture that failed is black without a word why.</source><translation>{flags}：出错的图片会直接变黑，没有任何说明。</translation></message>
<message><source>{flags}: the card is not mended by this, pictures are made by the processor.</source><translation>{flags}：这并不能修好显卡，图片会由处理器生成。</translation></message>
<message><source>Repair torch in the environment instead.</source><translation>请改为在环境维护中修复 torch。</translation></message>
<message><source>{flags}: gigabytes are installed again at every start.</source><translation>{flags}：每次启动都会重新安装数 GB 的内容。</translation></message>
<message><source>Leave it out once it has worked; the studio repairs packages too.</source><translation>成功一次后请去掉；本程序也能修复包。</translation></message>
<message><source>{flags}: an update that fails cannot be taken back.</source><translation>{flags}：失败的更新无法撤销。</translation></message>
<message><source>Update extensions in the studio.</source><translation>请在本程序中更新扩展。</translation></message>
<message><source>{flags}: pictures cannot be made in this mode.</source><translation>{flags}：此模式下不能出图。</translation></message>
<message><source>{flags}: the web UI ends instead of starting.</source><translation>{flags}：WebUI 会直接退出而不启动。</translation></message>
<message><source>{flags}: the first leaves out what the second does, and more.</source><translation>{flags}：第一个已经包含了第二个的作用。</translation></message>
<message><source>{flags}: settings cannot be changed in the page.</source><translation>{flags}：页面中不能修改设置。</translation></message>
<message><source>Leave it out if you wonder why.</source><translation>如果感到奇怪，请去掉它。</translation></message>
<message><source>{flags}: packages that are missing stay missing.</source><translation>{flags}：缺少的包不会补上。</translation></message>
<message><source>Leave it out if the start fails.</source><translation>启动失败时请去掉它。</translation></message>
<message><source>{flags}: xFormers is used even where it does not work.</source><translation>{flags}：即使不可用也会使用 xFormers。</translation></message>
<message><source>Use --xformers.</source><translation>请改用 --xformers。</translation></message>
<message><source>{flags}: slower on some cards.</source><translation>{flags}：在某些显卡上更慢。</translation></message>
<message><source>Compare the speed with and without.</source><translation>请比较加与不加的速度。</translation></message>
<message><source>{flags} saves main memory, not the card's.</source><translation>{flags} 节省的是内存而不是显存。</translation></message>
<message><source>Leave it out unless RAM is short.</source><translation>除非内存不足，否则请去掉它。</translation></message>
<message><source>{flags}: connections are not checked.</source><translation>{flags}：不验证连接。</translation></message>
<message><source>Use it for a certificate of your own only.</source><translation>只应用于自己签发的证书。</translation></message>
<message><source>{flags}: this version has no such flag and may refuse to start.</source><translation>{flags}：此版本没有这个参数，可能拒绝启动。</translation></message>
<message><source>Did you mean {close}?</source><translation>是否想用 {close}？</translation></message>
<message><source>{flags} needs a value behind it.</source><translation>{flags} 后面需要一个值。</translation></message>
<message><source>Add it.</source><translation>请补上。</translation></message>
<message><source>{flags}: the value is none of {choices}.</source><translation>{flags}：值不在 {choices} 之中。</translation></message>
<message><source>Choose one of them.</source><translation>请选择其中之一。</translation></message>
<message><source>{flags}: the value is not a number.</source><translation>{flags}：值不是数字。</translation></message>
<message><source>Write a number.</source><translation>请填写数字。</translation></message>
<message><source>{flags} belongs to no flag.</source><translation>{flags} 不属于任何参数。</translation></message>
<message><source>Put quotes around a value with spaces.</source><translation>带空格的值请加上引号。</translation></message>
<message><source>{flags} is given more than once: the last counts.</source><translation>{flags} 给出了多次：以最后一次为准。</translation></message>
<message><source>{flags} cannot be given together.</source><translation>{flags} 不能同时使用。</translation></message>
<message><source>{flags} has no effect any more.</source><translation>{flags} 已经没有作用。</translation></message>
<message><source>{flags}: ports below 1024 need special rights.</source><translation>{flags}：1024 以下的端口需要特殊权限。</translation></message>
<message><source>Choose a port from 1024 to 65535.</source><translation>请选择 1024 到 65535 之间的端口。</translation></message>
<message><source>This version has no flag for the option “{option}”.</source><translation>此版本没有对应选项“{option}”的参数。</translation></message>
<message><source>It is left out at the start.</source><translation>启动时会忽略它。</translation></message>
<message><source>Looking at the environment</source><translation>检查环境</translation></message>
<message><source>Fetching repositories</source><translation>获取仓库</translation></message>
<message><source>Loading the program</source><translation>加载程序</translation></message>
<message><source>Reading the model for its hash</source><translation>计算模型哈希</translation></message>
<message><source>Loading the model</source><translation>加载模型</translation></message>
<message><source>Opening the pages</source><translation>打开页面</translation></message>
<message><source>A quotation mark is not closed: {text}</source><translation>引号没有闭合：{text}</translation></message>
<message><source>Close it, or leave it out.</source><translation>请补上引号或去掉它。</translation></message>
<message><source>The browser {path} is not there.</source><translation>找不到浏览器 {path}。</translation></message>
<message><source>Choose another, or none.</source><translation>请选择另一个，或留空。</translation></message>
<message><source>Port {port} is taken by {owner}.</source><translation>端口 {port} 已被 {owner} 占用。</translation></message>
<message><source>Port {port} is taken or reserved by the system.</source><translation>端口 {port} 已被占用或被系统保留。</translation></message>
<message><source>Start at port {free} instead, or end that program.</source><translation>改用端口 {free} 启动，或结束那个程序。</translation></message>
<message><source>Choose another port.</source><translation>请选择其他端口。</translation></message>
<message><source>{path} is missing.</source><translation>缺少 {path}。</translation></message>
<message><source>Repair the web UI or install it again.</source><translation>请修复或重新安装 WebUI。</translation></message>
<message><source>The environment of the web UI is missing.</source><translation>WebUI 的运行环境缺失。</translation></message>
<message><source>{title} is running already.</source><translation>{title} 已经在运行。</translation></message>
<message><source>Stop it first, or show its log.</source><translation>请先停止它，或查看它的日志。</translation></message>
<message><source>{path} cannot be run.</source><translation>无法运行 {path}。</translation></message>
<message><source>The web UI takes no answers any more.</source><translation>WebUI 不再接受输入。</translation></message>
<message><source>{name} is too large for a file of options.</source><translation>{name} 太大，不像是选项文件。</translation></message>
<message><source>Choose webui-user.bat or webui-user.sh.</source><translation>请选择 webui-user.bat 或 webui-user.sh。</translation></message>
<message><source>{name} has several lines, which a batch file cannot hold.</source><translation>{name} 有多行内容，批处理文件无法保存。</translation></message>
<message><source>“{name}” is no name of a variable.</source><translation>“{name}”不是变量名。</translation></message>
<message><source>What stands behind = is its value.</source><translation>= 后面的内容是变量的值。</translation></message>
<message><source>An argument or an environment variable cannot be handed over: {reason}</source><translation>有参数或环境变量无法传递：{reason}</translation></message>
<message><source>Look through the options for signs that do not belong there.</source><translation>请检查启动选项中是否有不该出现的字符。</translation></message>
<message><source>{title} cannot be ended: the system holds its process {pid}.</source><translation>无法结束 {title}：系统占住了它的进程 {pid}。</translation></message>
<message><source>Restart the computer if it keeps the card or the port.</source><translation>如果显卡或端口因此一直被占用，请重启电脑。</translation></message>
<message><source>Make it: Python packages of several GB, fitted to this machine.</source><translation>请创建环境：按本机情况安装数 GB 的 Python 包。</translation></message>
</context>
</TS>
