<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>WebUI</source><translation>WebUI</translation></message>
<message><source>Web UI</source><translation>WebUI</translation></message>
<message><source>Which of your web UIs this page is about.</source><translation>此页显示哪一个 WebUI。</translation></message>
<message><source>Parts of this page</source><translation>本页的各部分</translation></message>
<message><source>Chooses a part of this page.</source><translation>选择本页的一个部分。</translation></message>
<message><source>Start and stop the web UI, and choose how.</source><translation>启动和停止 WebUI，并选择启动方式。</translation></message>
<message><source>Console</source><translation>控制台</translation></message>
<message><source>What the web UI writes while it runs.</source><translation>WebUI 运行时输出的内容。</translation></message>
<message><source>Troubleshooting</source><translation>疑难解答</translation></message>
<message><source>What went wrong and what mends it.</source><translation>出了什么问题，怎样修复。</translation></message>
<message><source>Web UIs</source><translation>安装管理</translation></message>
<message><source>Install, adopt and remove web UIs.</source><translation>安装、接管和移除 WebUI。</translation></message>
<message><source>There is no web UI yet.</source><translation>还没有 WebUI。</translation></message>
<message><source>Move to the trash</source><translation>移到回收站</translation></message>
<message><source>Show</source><translation>显示</translation></message>
<message><source>Folder</source><translation>文件夹</translation></message>
<message><source>Danger</source><translation>危险</translation></message>
<message><source>Warning</source><translation>警告</translation></message>
<message><source>Note</source><translation>提示</translation></message>
<message><source>Nobody tells what it does.</source><translation>没有关于它的说明。</translation></message>
<message><source>What each part means</source><translation>各参数的含义</translation></message>
<message><source>Explains every argument of the command line.</source><translation>解释命令行中的每个参数。</translation></message>
<message><source>Copy the command line</source><translation>复制命令行</translation></message>
<message><source>Import…</source><translation>导入…</translation></message>
<message><source>Export…</source><translation>导出…</translation></message>
<message><source>Command line</source><translation>命令行</translation></message>
<message><source>What the web UI is started with.</source><translation>WebUI 启动时使用的参数。</translation></message>
<message><source>Import options</source><translation>导入选项</translation></message>
<message><source>The options were taken over.</source><translation>选项已导入。</translation></message>
<message><source>Export options</source><translation>导出选项</translation></message>
<message><source>Saved to {path}.</source><translation>已保存到 {path}。</translation></message>
<message><source>Takes the options from a webui-user.bat or webui-user.sh.</source><translation>从 webui-user.bat 或 webui-user.sh 中读取选项。</translation></message>
<message><source>Writes the options into a webui-user.bat or webui-user.sh.</source><translation>把选项写入 webui-user.bat 或 webui-user.sh。</translation></message>
<message><source>No arguments: everything is the web UI's own default.</source><translation>没有参数：全部使用 WebUI 自己的默认值。</translation></message>
<message><source>Which lines are shown</source><translation>显示哪些行</translation></message>
<message><source>Which lines are shown: all of them, or only those that matter.</source><translation>显示哪些行：全部，或只显示重要的。</translation></message>
<message><source>Nothing written yet</source><translation>还没有输出</translation></message>
<message><source>What the web UI writes stands here once it is started.</source><translation>WebUI 启动后，它的输出会显示在这里。</translation></message>
<message><source>Search the log</source><translation>搜索日志</translation></message>
<message><source>Marks every line with these words; Enter goes to the next one.</source><translation>标出含有这些文字的行；按回车跳到下一处。</translation></message>
<message><source>Follow the end</source><translation>跟随末尾</translation></message>
<message><source>Answer the web UI…</source><translation>回答 WebUI…</translation></message>
<message><source>Answer the web UI</source><translation>回答 WebUI</translation></message>
<message><source>Gives one line to the web UI's keyboard input, for programs that ask questions.</source><translation>向 WebUI 的键盘输入发送一行文字，用于回答程序的提问。</translation></message>
<message><source>Save the log</source><translation>保存日志</translation></message>
<message><source>Save the log…</source><translation>保存日志…</translation></message>
<message><source>Stays at the newest line while lines arrive.</source><translation>有新内容时始终停在最新一行。</translation></message>
<message><source>Previous place</source><translation>上一处</translation></message>
<message><source>Next place</source><translation>下一处</translation></message>
<message><source>Send</source><translation>发送</translation></message>
<message><source>Goes to the place before (Shift+F3).</source><translation>跳到上一处（Shift+F3）。</translation></message>
<message><source>Goes to the next place (F3).</source><translation>跳到下一处（F3）。</translation></message>
<message><source>Copies what is selected, else every line that is shown.</source><translation>复制选中的内容；没有选中时复制显示的所有行。</translation></message>
<message><source>Writes all lines into a text file.</source><translation>把所有行写入文本文件。</translation></message>
<message><source>Gives this line to the web UI.</source><translation>把这一行发送给 WebUI。</translation></message>
<message><source>Everything</source><translation>全部</translation></message>
<message><source>Without progress bars</source><translation>不含进度条</translation></message>
<message><source>Warnings and errors</source><translation>警告和错误</translation></message>
<message><source>Errors only</source><translation>仅错误</translation></message>
<message><source>Searching…</source><translation>正在搜索…</translation></message>
<message><source>Not found</source><translation>未找到</translation></message>
<message><source>{place} of {count}</source><translation>第 {place} 处，共 {count} 处</translation></message>
<message><source>{count} lines</source><translation>{count} 行</translation></message>
<message><source>Back to the live log</source><translation>回到实时日志</translation></message>
<message><source>What follows from it, and what was only noticed</source><translation>由此引起的问题，以及其他发现</translation></message>
<message><source>Shows the findings that are no cause.</source><translation>显示不属于原因的发现。</translation></message>
<message><source>Nothing wrong was found</source><translation>没有发现问题</translation></message>
<message><source>Nothing to look at yet</source><translation>还没有可以检查的内容</translation></message>
<message><source>Start the web UI, or open or paste a log: what is wrong in it stands here, the root cause first.</source><translation>启动 WebUI，或打开、粘贴一份日志：其中的问题会显示在这里，根本原因排在最前。</translation></message>
<message><source>Open a log file…</source><translation>打开日志文件…</translation></message>
<message><source>Paste a log</source><translation>粘贴日志</translation></message>
<message><source>Another log</source><translation>其他日志</translation></message>
<message><source>Looks through a file or a pasted text; a file can also be dropped here.</source><translation>检查一个文件或粘贴的文字；也可以把文件拖到这里。</translation></message>
<message><source>Find the culprit</source><translation>查找问题扩展</translation></message>
<message><source>Save a report…</source><translation>保存报告…</translation></message>
<message><source>The log of {title}</source><translation>{title} 的日志</translation></message>
<message><source>{name}, {count} lines</source><translation>{name}，{count} 行</translation></message>
<message><source>Open a log file</source><translation>打开日志文件</translation></message>
<message><source>Looking through the log…</source><translation>正在检查日志…</translation></message>
<message><source>Finding the culprit</source><translation>正在查找问题扩展</translation></message>
<message><source>Save a report</source><translation>保存报告</translation></message>
<message><source>Shows what the web UI itself tells.</source><translation>显示 WebUI 自己的日志。</translation></message>
<message><source>Starts the web UI on trial, with fewer and fewer extensions, until the one to blame is known.</source><translation>用越来越少的扩展试启动 WebUI，直到找出有问题的那个。</translation></message>
<message><source>A text for people who help: no names, keys or prompts.</source><translation>给帮助者看的文本：不含用户名、密钥和提示词。</translation></message>
<message><source>Causes found: {count}</source><translation>找到的原因：{count} 个</translation></message>
<message><source>There is no text on the clipboard.</source><translation>剪贴板中没有文字。</translation></message>
<message><source>The pasted log</source><translation>粘贴的日志</translation></message>
<message><source>Install or adopt one first.</source><translation>请先安装或接管一个。</translation></message>
<message><source>Install</source><translation>安装</translation></message>
<message><source>Line {number}: {words}</source><translation>第 {number} 行：{words}</translation></message>
<message><source>Shows this line in the log.</source><translation>在日志中显示这一行。</translation></message>
<message><source>Shows how sure this is and where it comes from.</source><translation>显示可信程度和来源。</translation></message>
<message><source>How sure this is</source><translation>可信程度</translation></message>
<message><source>Extension</source><translation>扩展</translation></message>
<message><source>Follows from</source><translation>由此引起</translation></message>
<message><source>How to see that it helped</source><translation>怎样确认已修复</translation></message>
<message><source>Rule</source><translation>规则</translation></message>
<message><source>Mark of this error</source><translation>错误标识</translation></message>
<message><source>Better not: {words}</source><translation>不要这样做：{words}</translation></message>
<message><source>Does this at once and starts again; it can be taken back.</source><translation>立即执行并重新启动；可以撤销。</translation></message>
<message><source>Shows what would be changed and asks before it does anything.</source><translation>先显示将要更改的内容，确认后才执行。</translation></message>
<message><source>Shows you where to go.</source><translation>带您前往相应位置。</translation></message>
<message><source>What would be changed</source><translation>将要更改的内容</translation></message>
<message><source>The web UI is stopped for this, and started again afterwards.</source><translation>为此会先停止 WebUI，完成后重新启动。</translation></message>
<message><source>The web UI is started afterwards.</source><translation>完成后会启动 WebUI。</translation></message>
<message><source>Do it</source><translation>执行</translation></message>
<message><source>Makes these changes; they can be taken back.</source><translation>执行这些更改；可以撤销。</translation></message>
<message><source>Also {names}.</source><translation>也可写作 {names}。</translation></message>
<message><source>Not given; its default is {default}</source><translation>未设置；默认值为 {default}</translation></message>
<message><source>on</source><translation>开</translation></message>
<message><source>none</source><translation>无</translation></message>
<message><source>Reset</source><translation>重置</translation></message>
<message><source>Reset all flags</source><translation>重置所有参数</translation></message>
<message><source>Every flag of this version</source><translation>此版本的全部参数</translation></message>
<message><source>Choose a flag to set it below.</source><translation>选择一个参数，在下方设置。</translation></message>
<message><source>{count} flags</source><translation>{count} 个参数</translation></message>
<message><source>Default: {default}.</source><translation>默认值：{default}。</translation></message>
<message><source>From the extension {name}.</source><translation>来自扩展 {name}。</translation></message>
<message><source>Leaves this flag out again.</source><translation>不再使用这个参数。</translation></message>
<message><source>Leaves all of these flags out.</source><translation>不使用其中任何参数。</translation></message>
<message><source>Choose a flag to set it here.</source><translation>选择一个参数，在这里设置。</translation></message>
<message><source>Not given</source><translation>未设置</translation></message>
<message><source>Where it comes from</source><translation>来源</translation></message>
<message><source>Branch, own address and mirror.</source><translation>分支、自定义地址和镜像。</translation></message>
<message><source>Which web UI is installed.</source><translation>安装哪一个 WebUI。</translation></message>
<message><source>Where it is put; the folder must not exist yet.</source><translation>安装位置；该文件夹必须尚不存在。</translation></message>
<message><source>Install a web UI</source><translation>安装 WebUI</translation></message>
<message><source>What most guides and extensions are made for.</source><translation>大多数教程和扩展都以它为准。</translation></message>
<message><source>AUTOMATIC1111's page with a faster engine that needs less memory.</source><translation>AUTOMATIC1111 的界面，引擎更快、更省显存。</translation></message>
<message><source>Forge as it was, kept up to date and trimmed.</source><translation>原版 Forge，持续更新并精简。</translation></message>
<message><source>Forge for the newest models.</source><translation>面向最新模型的 Forge。</translation></message>
<message><source>Forge's engine, closer to AUTOMATIC1111's extensions.</source><translation>Forge 的引擎，更兼容 AUTOMATIC1111 的扩展。</translation></message>
<message><source>Its own page and engine; many models and kinds of cards.</source><translation>自有界面和引擎；支持多种模型和显卡。</translation></message>
<message><source>Pictures by graphs of nodes instead of a page of fields.</source><translation>用节点图而不是表单来生成图片。</translation></message>
<message><source>Fetches the web UI into this folder.</source><translation>把 WebUI 下载到这个文件夹。</translation></message>
<message><source>The line of versions; the first is the usual one.</source><translation>版本分支；第一个是常用的。</translation></message>
<message><source>Stands instead of the usual repository, for a fork or a copy.</source><translation>代替默认仓库，用于分支版本或副本。</translation></message>
<message><source>Mirror</source><translation>镜像</translation></message>
<message><source>Is put before https://github.com/ where that is slow.</source><translation>加在 https://github.com/ 之前，用于访问缓慢时。</translation></message>
<message><source>Go on installing</source><translation>继续安装</translation></message>
<message><source>It stays where it is, with its models, extensions and settings. A folder can also be dropped here.</source><translation>它会留在原处，模型、扩展和设置都保留。也可以把文件夹拖到这里。</translation></message>
<message><source>One web UI is enough to begin with: AUTOMATIC1111 is what most guides and extensions are made for.</source><translation>一开始有一个 WebUI 就够了：大多数教程和扩展都以 AUTOMATIC1111 为准。</translation></message>
<message><source>Adopt a folder…</source><translation>接管文件夹…</translation></message>
<message><source>Remove {title}</source><translation>移除 {title}</translation></message>
<message><source>Moves the program to the trash; models and pictures stay. What goes is shown first.</source><translation>把程序移到回收站；模型和图片保留。会先显示将移走的内容。</translation></message>
<message><source>Open the folder of {title}</source><translation>打开 {title} 的文件夹</translation></message>
<message><source>Installing {title}</source><translation>正在安装 {title}</translation></message>
<message><source>Choose the folder that holds its launch.py</source><translation>选择 launch.py 所在的文件夹</translation></message>
<message><source>Adopting {name}</source><translation>正在接管 {name}</translation></message>
<message><source>{title} is here.</source><translation>{title} 已就绪。</translation></message>
<message><source>Stopped.</source><translation>已停止。</translation></message>
<message><source>Removing {title}</source><translation>正在移除 {title}</translation></message>
<message><source>Your web UIs</source><translation>您的 WebUI</translation></message>
<message><source>For a web UI that is already on this computer.</source><translation>用于这台电脑上已有的 WebUI。</translation></message>
<message><source>You have one already?</source><translation>已经有 WebUI 了？</translation></message>
<message><source>No web UI yet</source><translation>还没有 WebUI</translation></message>
<message><source>Makes the page about this web UI.</source><translation>让本页显示这个 WebUI。</translation></message>
<message><source>Installing it again goes on where it was.</source><translation>再次安装会从中断处继续。</translation></message>
<message><source>The folder of {title} is not there.</source><translation>{title} 的文件夹不存在。</translation></message>
<message><source>not there</source><translation>不存在</translation></message>
<message><source>Take it off the list</source><translation>从列表中去掉</translation></message>
<message><source>{title} {seconds} s, usually {usual} s</source><translation>{title} {seconds} 秒，平时 {usual} 秒</translation></message>
<message><source>This part of the start took clearly longer than it used to.</source><translation>这一启动阶段明显比以前慢。</translation></message>
<message><source>One-click start</source><translation>一键启动</translation></message>
<message><source>Restart</source><translation>重启</translation></message>
<message><source>Open in the browser</source><translation>在浏览器中打开</translation></message>
<message><source>How far the start is</source><translation>启动进度</translation></message>
<message><source>{title} crashed</source><translation>{title} 已崩溃</translation></message>
<message><source>It crashed; this is try {crashes} of {limit}.</source><translation>它崩溃了；这是第 {crashes} 次重试，最多 {limit} 次。</translation></message>
<message><source>{title} {seconds} s</source><translation>{title} {seconds} 秒</translation></message>
<message><source>Start at port {port}</source><translation>改用端口 {port} 启动</translation></message>
<message><source>Starts the web UI.</source><translation>启动 WebUI。</translation></message>
<message><source>Ends the web UI, gently first; nothing of it stays.</source><translation>停止 WebUI，先温和地结束；不会留下任何进程。</translation></message>
<message><source>Stops the web UI and starts it again.</source><translation>停止 WebUI 并重新启动。</translation></message>
<message><source>Opens the web UI's page in the browser.</source><translation>在浏览器中打开 WebUI 的页面。</translation></message>
<message><source>{title} is started again</source><translation>正在重新启动 {title}</translation></message>
<message><source>{title} is running</source><translation>{title} 正在运行</translation></message>
<message><source>{title} is stopping…</source><translation>正在停止 {title}…</translation></message>
<message><source>{title} is starting…</source><translation>正在启动 {title}…</translation></message>
<message><source>The browser could not be opened.</source><translation>无法打开浏览器。</translation></message>
<message><source>Changes the port in the options and starts again.</source><translation>更改选项中的端口并重新启动。</translation></message>
<message><source>Shows what went wrong, why, and what mends it.</source><translation>显示出了什么问题、原因和修复方法。</translation></message>
<message><source>It ended by itself with code {code}.</source><translation>它自行结束，退出码 {code}。</translation></message>
<message><source>Go to {url} in any browser.</source><translation>请在任意浏览器中打开 {url}。</translation></message>
<message><source>All options are back to their defaults.</source><translation>所有选项已恢复默认值。</translation></message>
<message><source>Search options</source><translation>搜索选项</translation></message>
<message><source>Shows the options with these words, of every level.</source><translation>显示含有这些文字的选项，不分级别。</translation></message>
<message><source>They are given beside the options.</source><translation>与上面的选项一起使用。</translation></message>
<message><source>The few options that matter to everybody.</source><translation>对所有人都重要的少数选项。</translation></message>
<message><source>Everything that has an option of its own.</source><translation>所有有专门选项的设置。</translation></message>
<message><source>Also environment variables, free text and every flag of this version.</source><translation>另有环境变量、自由文本和此版本的全部参数。</translation></message>
<message><source>Options</source><translation>启动选项</translation></message>
<message><source>{card} with {gb} GB: automatic means “{tier}”.</source><translation>{card}，{gb} GB：自动即“{tier}”。</translation></message>
<message><source>Models and pictures stay, and what is not the web UI's own:</source><translation>以下模型、图片和不属于 WebUI 的内容会保留：</translation></message>
<message><source>Moves these to the trash; can be taken back.</source><translation>把这些移到回收站；可以恢复。</translation></message>
<message><source>What goes to the trash</source><translation>移到回收站的内容</translation></message>
<message><source>What stays</source><translation>保留的内容</translation></message>
<message><source>Add a variable</source><translation>添加变量</translation></message>
<message><source>Use this variable</source><translation>使用此变量</translation></message>
<message><source>Switched off, it is kept but not set.</source><translation>关闭后保留，但不生效。</translation></message>
<message><source>Adds an empty row for a name and a value.</source><translation>添加一行空的名称和值。</translation></message>
<message><source>The variable's name, such as CUDA_VISIBLE_DEVICES.</source><translation>变量的名称，例如 CUDA_VISIBLE_DEVICES。</translation></message>
<message><source>Value</source><translation>值</translation></message>
<message><source>What the variable is set to.</source><translation>变量的值。</translation></message>
<message><source>Remove the variable</source><translation>删除变量</translation></message>
<message><source>{count} starts were tried.</source><translation>共试启动 {count} 次。</translation></message>
<message><source>Goes on from here.</source><translation>从这里继续。</translation></message>
<message><source>Trying whether it helped: {title}</source><translation>正在检验是否有效：{title}</translation></message>
<message><source>Gone: {names}</source><translation>已消失：{names}</translation></message>
<message><source>New: {names}</source><translation>新出现：{names}</translation></message>
<message><source>It helped: {title}</source><translation>已修复：{title}</translation></message>
<message><source>It starts now with every extension: nothing is to blame.</source><translation>现在启用全部扩展也能启动：没有问题扩展。</translation></message>
<message><source>It fails without any extension too: none of them is to blame.</source><translation>不启用任何扩展也会失败：与扩展无关。</translation></message>
<message><source>The same start went well once and failed once; no extension can be named.</source><translation>同样的启动时好时坏，无法确定是哪个扩展。</translation></message>
<message><source>They do not work together: {names}</source><translation>它们不能同时使用：{names}</translation></message>
<message><source>Nobody can say yet whether it helped: {title}</source><translation>还无法判断是否有效：{title}</translation></message>
<message><source>It did not help: {title}</source><translation>没有效果：{title}</translation></message>
<message><source>Take it back</source><translation>撤销</translation></message>
<message><source>To blame: {names}</source><translation>问题出在：{names}</translation></message>
<message><source>Switch it off and start</source><translation>停用它并启动</translation></message>
<message><source>Switch {name} off and start</source><translation>停用 {name} 并启动</translation></message>
<message><source>Stops this at its next step; what it changed is put back.</source><translation>在下一步停止；已做的更改会还原。</translation></message>
<message><source>Close what else uses the graphics card: games, other web UIs, browsers with video.</source><translation>请关闭其他占用显卡的程序：游戏、其他 WebUI、播放视频的浏览器。</translation></message>
<message><source>Then start the web UI again.</source><translation>然后重新启动 WebUI。</translation></message>
<message><source>Takes this message away.</source><translation>关闭这条消息。</translation></message>
<message><source>Changes nothing.</source><translation>不做任何更改。</translation></message>
<message><source>Start WebUI</source><translation>启动 WebUI</translation></message>
<message><source>AUTOMATIC1111 or a relative of it, in the browser.</source><translation>在浏览器中使用 AUTOMATIC1111 或其同类。</translation></message>
<message><source>Putting back what was interrupted</source><translation>正在还原被中断的更改</translation></message>
<message><source>Close SD Studio</source><translation>关闭 SD Studio</translation></message>
<message><source>Ends the web UI, then closes the window.</source><translation>停止 WebUI，然后关闭窗口。</translation></message>
<message><source>The web UI goes on without the studio, which finds it again at its next start.</source><translation>WebUI 会在本程序之外继续运行，下次启动时会重新找到它。</translation></message>
<message><source>Stop it and close</source><translation>停止并关闭</translation></message>
<message><source>Keep it running</source><translation>保持运行</translation></message>
<message><source>Keeps the window open.</source><translation>保持窗口打开。</translation></message>
<message><source>It is stopped with the window. Kept running, it goes on and is found again at the next start.</source><translation>关闭窗口时它会被停止。若保持运行，它会继续，下次启动时会重新找到。</translation></message>
<message><source>{titles} is running</source><translation>{titles} 正在运行</translation></message>
<message><source>{count} files with {size} go to the trash:</source><translation>{count} 个文件（{size}）将移到回收站：</translation></message>
<message><source>Look at the last log</source><translation>查看上次的日志</translation></message>
<message><source>There is no log of an earlier run.</source><translation>没有以前运行的日志。</translation></message>
<message><source>Flag</source><translation>参数</translation></message>
<message><source>What it does</source><translation>作用</translation></message>
<message><source>{folder} holds more than a web UI: the studio does not remove it.</source><translation>{folder} 中不只有 WebUI，本程序不会移除它。</translation></message>
<message><source>Take it off the list instead, and delete its files by hand.</source><translation>请改为从列表中移除，再手动删除它的文件。</translation></message>
<message><source>Plug its drive in, or take it off the list.</source><translation>请接上它所在的磁盘，或将它从列表中移除。</translation></message>
<message><source>Only take it off the list</source><translation>仅从列表中移除</translation></message>
<message><source>Every file stays where it is; the folder can be adopted again.</source><translation>所有文件保持不动；以后可以再次接管此文件夹。</translation></message>
<message><source>Make the environment</source><translation>创建环境</translation></message>
<message><source>Also make its environment</source><translation>同时创建运行环境</translation></message>
<message><source>Installs torch for your card and all that the web UI needs: several GB.</source><translation>安装适合显卡的 torch 和 WebUI 所需的一切，共数 GB。</translation></message>
<message><source>No Python was found on which {title} runs.</source><translation>没有找到可运行 {title} 的 Python。</translation></message>
<message><source>Install Python {best} (64-bit), then make the environment.</source><translation>请安装 Python {best}（64 位），然后创建环境。</translation></message>
<message><source>Shows mirrors that others run; who runs one sees what is fetched from it.</source><translation>列出由他人运营的镜像；运营者能看到从中获取的内容。</translation></message>
</context>
</TS>
