<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Select all</source><translation>全选</translation></message>
<message><source>Try a start after changes, and take them back if it fails</source><translation>更改后试启动，失败则自动撤回</translation></message>
<message><source>A trial start without a model; if it does not get ready, everything is put back as it was.</source><translation>会在不加载模型的情况下启动一次 WebUI；如果不能就绪，一切恢复原状。</translation></message>
<message><source>Packages kept for repairs</source><translation>为修复保存的软件包</translation></message>
<message><source>How many GB of Python packages are kept, so that repairs of a web UI need no network; the oldest go first.</source><translation>保存多少 GB 的 Python 软件包，使修复 WebUI 无需网络；最旧的先删除。</translation></message>
<message><source>Versions</source><translation>版本管理</translation></message>
<message><source>Extensions</source><translation>扩展管理</translation></message>
<message><source>Environment</source><translation>环境维护</translation></message>
<message><source>Snapshots</source><translation>快照</translation></message>
<message><source>What there is and what is new: update, switch, go back.</source><translation>有哪些版本、有什么更新：更新、切换、回退。</translation></message>
<message><source>Switch, update, install, uninstall.</source><translation>启用、更新、安装、卸载扩展。</translation></message>
<message><source>Check and repair.</source><translation>检查并修复环境。</translation></message>
<message><source>What was changed, and the way back.</source><translation>改动过什么，怎样恢复。</translation></message>
<message><source>Which ways to the servers work.</source><translation>哪些网络线路可用。</translation></message>
<message><source>What the programs of this change write.</source><translation>本次更改中各程序的输出。</translation></message>
<message><source>How far the change is</source><translation>更改的进度</translation></message>
<message><source>Stops it and puts everything back as it was.</source><translation>停止，并把一切恢复原状。</translation></message>
<message><source>Shows what the programs of this change write.</source><translation>显示本次更改中各程序的输出。</translation></message>
<message><source>Taken back: {change}</source><translation>已撤回：{change}</translation></message>
<message><source>The web UI did not start after this; everything is as it was before.</source><translation>此后 WebUI 无法启动；一切已恢复到更改之前。</translation></message>
<message><source>Why it did not start is not known; the details are its own words.</source><translation>无法启动的原因未知；详细信息是它自己的输出。</translation></message>
<message><source>Done: {change}</source><translation>已完成：{change}</translation></message>
<message><source>Taking back: {change}</source><translation>正在撤回：{change}</translation></message>
<message><source>{change}: the web UI did not start, so everything was put back as it was.</source><translation>{change}：WebUI 无法启动，因此一切已恢复原状。</translation></message>
<message><source>{change} did not work: {problem} Everything is as it was.</source><translation>{change}失败：{problem} 一切保持原样。</translation></message>
<message><source>Stop it and go on</source><translation>停止并继续</translation></message>
<message><source>Allowing</source><translation>正在允许</translation></message>
<message><source>Allow it and try again</source><translation>允许并重试</translation></message>
<message><source>List of versions</source><translation>版本列表</translation></message>
<message><source>current</source><translation>当前</translation></message>
<message><source>new</source><translation>新</translation></message>
<message><source>Message</source><translation>说明</translation></message>
<message><source>Commits</source><translation>提交</translation></message>
<message><source>Branches</source><translation>分支</translation></message>
<message><source>Branches and tags</source><translation>分支和标签</translation></message>
<message><source>Branch</source><translation>分支</translation></message>
<message><source>Date</source><translation>日期</translation></message>
<message><source>Choose a version to see what can be done with it.</source><translation>选择一个版本，查看可以进行的操作。</translation></message>
<message><source>Lists only what holds all these words.</source><translation>只列出包含所有这些词的项目。</translation></message>
<message><source>Go back</source><translation>回退</translation></message>
<message><source>Look for updates</source><translation>检查更新</translation></message>
<message><source>Update</source><translation>更新</translation></message>
<message><source>no branch</source><translation>无分支</translation></message>
<message><source>Whose commits are listed.</source><translation>列出哪个分支的提交。</translation></message>
<message><source>Take the branch back to it</source><translation>将分支回退到此版本</translation></message>
<message><source>Switch to it</source><translation>切换到此版本</translation></message>
<message><source>What is listed</source><translation>列出的内容</translation></message>
<message><source>Chooses what is listed.</source><translation>选择列出什么。</translation></message>
<message><source>Asks the repository what is new; nothing is changed.</source><translation>向仓库查询更新，不作任何改动。</translation></message>
<message><source>Returns to the version that was there before the last change.</source><translation>回到上次更改之前的版本。</translation></message>
<message><source>Moves to the newest version of this branch.</source><translation>更新到此分支的最新版本。</translation></message>
<message><source>No version is known</source><translation>版本未知</translation></message>
<message><source>{count} new versions</source><translation>{count} 个新版本</translation></message>
<message><source>Nothing new as of the last look</source><translation>上次检查时没有更新</translation></message>
<message><source>Puts the files of this version in place; your settings stay.</source><translation>换成此版本的文件；您的设置保持不变。</translation></message>
<message><source>Stays on the branch, at this older version; the next update moves forward again.</source><translation>留在该分支的这个旧版本上；下次更新会再次前进。</translation></message>
<message><source>The branch you follow</source><translation>当前跟随的分支</translation></message>
<message><source>Looking for updates</source><translation>正在检查更新</translation></message>
<message><source>Shows which files these are.</source><translation>显示是哪些文件。</translation></message>
<message><source>Address</source><translation>地址</translation></message>
<message><source>Apply it again</source><translation>重新应用</translation></message>
<message><source>Applying what was put aside</source><translation>正在重新应用暂存的改动</translation></message>
<message><source>Under this name the changes are kept.</source><translation>改动以此名称保存。</translation></message>
<message><source>Where new versions come from.</source><translation>新版本从哪里获取。</translation></message>
<message><source>Brings these changes back into the files.</source><translation>把这些改动放回文件中。</translation></message>
<message><source>What was changed by hand since then was put aside; it can be applied again.</source><translation>此后手动修改的内容已暂存，可以重新应用。</translation></message>
<message><source>Files of yours where others had to come back were moved to the trash.</source><translation>有您自己的文件占用了需恢复文件的位置，已移到回收站。</translation></message>
<message><source>Put aside in {folder}: {name}</source><translation>已暂存（{folder}）：{name}</translation></message>
<message><source>Put aside by the studio</source><translation>由本程序暂存</translation></message>
<message><source>SD Studio: before going back</source><translation>本程序：恢复之前</translation></message>
<message><source>SD Studio: put aside</source><translation>本程序暂存</translation></message>
<message><source>Installed extensions</source><translation>已安装的扩展</translation></message>
<message><source>{name} (built in)</source><translation>{name}（内置）</translation></message>
<message><source>Update all</source><translation>全部更新</translation></message>
<message><source>The box switches an extension on and off.</source><translation>勾选框用于启用或停用扩展。</translation></message>
<message><source>{count} extensions, {on} on, {behind} to update</source><translation>{count} 个扩展，{on} 个已启用，{behind} 个可更新</translation></message>
<message><source>{name} requires {wanted}</source><translation>{name} 需要 {wanted}</translation></message>
<message><source>Switch {name} on</source><translation>启用 {name}</translation></message>
<message><source>cannot be asked</source><translation>无法查询</translation></message>
<message><source>damaged</source><translation>已损坏</translation></message>
<message><source>{seconds} s</source><translation>{seconds} 秒</translation></message>
<message><source>Other version…</source><translation>其他版本…</translation></message>
<message><source>Open page</source><translation>打开网页</translation></message>
<message><source>Uninstall…</source><translation>卸载…</translation></message>
<message><source>Versions of {name}</source><translation>{name} 的版本</translation></message>
<message><source>Choose the version to go to.</source><translation>选择要切换到的版本。</translation></message>
<message><source>Asks every extension's repository what is new.</source><translation>向每个扩展的仓库查询更新。</translation></message>
<message><source>Updates all extensions that have something new, side by side.</source><translation>同时更新所有有新版本的扩展。</translation></message>
<message><source>On</source><translation>启用</translation></message>
<message><source>News</source><translation>更新情况</translation></message>
<message><source>From</source><translation>来源</translation></message>
<message><source>It is there, but off.</source><translation>已安装，但未启用。</translation></message>
<message><source>{count} new</source><translation>{count} 个更新</translation></message>
<message><source>{count} own</source><translation>领先 {count} 个</translation></message>
<message><source>changed by hand</source><translation>有手动改动</translation></message>
<message><source>Moves this extension to its newest version.</source><translation>把此扩展更新到最新版本。</translation></message>
<message><source>Lists its versions, to go back or forward to one.</source><translation>列出它的版本，以便回退或前进。</translation></message>
<message><source>Shows its files.</source><translation>显示它的文件。</translation></message>
<message><source>Opens its page in the browser.</source><translation>在浏览器中打开它的网页。</translation></message>
<message><source>Moves it to the trash after showing what goes.</source><translation>先显示会移走什么，再移到回收站。</translation></message>
<message><source>Choose an extension to update, change or remove it.</source><translation>选择一个扩展来更新、更换版本或卸载。</translation></message>
<message><source>Takes the extension to this version.</source><translation>把扩展切换到此版本。</translation></message>
<message><source>These are one and the same extension: {names}</source><translation>这些是同一个扩展：{names}</translation></message>
<message><source>Which extensions are listed</source><translation>列出哪些扩展</translation></message>
<message><source>Shows the installed extensions, or those that can be installed.</source><translation>显示已安装的扩展，或可安装的扩展。</translation></message>
<message><source>Installed</source><translation>已安装</translation></message>
<message><source>No version of {package} suits all: {wants}</source><translation>没有同时满足各方要求的 {package} 版本：{wants}</translation></message>
<message><source>{package} {installed} would be replaced; wanted is: {wants}</source><translation>{package} {installed} 将被替换；需要的是：{wants}</translation></message>
<message><source>Another {package} than {installed} would break others: {wants}</source><translation>换掉 {package} {installed} 会破坏其他组件：{wants}</translation></message>
<message><source>It cannot be told what this needs: {wants}</source><translation>无法得知它需要什么：{wants}</translation></message>
<message><source>Hide installed</source><translation>隐藏已安装</translation></message>
<message><source>Lists only what is not there yet.</source><translation>只列出尚未安装的。</translation></message>
<message><source>Fetch the list again</source><translation>重新获取列表</translation></message>
<message><source>Extensions that can be installed</source><translation>可安装的扩展</translation></message>
<message><source>Choose one to see what it would bring.</source><translation>选择一个，查看它会带来什么。</translation></message>
<message><source>Look at it</source><translation>查看</translation></message>
<message><source>Address of a repository</source><translation>仓库地址</translation></message>
<message><source>Where the extension comes from; choose one from the list, or paste any address.</source><translation>扩展的来源；从列表中选择，或粘贴任意地址。</translation></message>
<message><source>Empty is the repository's own choice.</source><translation>留空则由仓库自己决定。</translation></message>
<message><source>The list could not be fetched; this is the copy of {when}.</source><translation>无法获取列表；这是 {when} 的副本。</translation></message>
<message><source>{count} extensions</source><translation>{count} 个扩展</translation></message>
<message><source>installed</source><translation>已安装</translation></message>
<message><source>{trouble} The environment is protected from it.</source><translation>{trouble} 环境受到保护，不会被改动。</translation></message>
<message><source>Fetches it and shows what it wants; installs nothing.</source><translation>获取它并显示它需要什么；不会安装任何东西。</translation></message>
<message><source>About</source><translation>简介</translation></message>
<message><source>Stars</source><translation>星标</translation></message>
<message><source>Lists only extensions with this tag.</source><translation>只列出带有此标签的扩展。</translation></message>
<message><source>Which extensions come first.</source><translation>哪些扩展排在前面。</translation></message>
<message><source>Looking at {url}</source><translation>正在查看 {url}</translation></message>
<message><source>Installs it; it can be taken back.</source><translation>安装它；可以撤回。</translation></message>
<message><source>Installs nothing.</source><translation>不安装任何东西。</translation></message>
<message><source>It wants: {packages}</source><translation>它需要：{packages}</translation></message>
<message><source>pip would bring: {packages}</source><translation>pip 将安装：{packages}</translation></message>
<message><source>What these need themselves shows only when they are installed: {packages}</source><translation>以下软件包自身还需要什么，安装时才能知道：{packages}</translation></message>
<message><source>It requires the extension {name}, which is not on.</source><translation>它需要扩展 {name}，而该扩展未启用。</translation></message>
<message><source>What else it installs is decided only while it runs ({places}).</source><translation>它还会安装什么，要到运行时才能确定（{places}）。</translation></message>
<message><source>Nothing of this gets in the way of what is there.</source><translation>这些与现有的组件没有冲突。</translation></message>
<message><source>Most stars</source><translation>星标最多</translation></message>
<message><source>Newest change</source><translation>最近更新</translation></message>
<message><source>Newest in the list</source><translation>最新收录</translation></message>
<message><source>Newest repository</source><translation>最新创建</translation></message>
<message><source>By name</source><translation>按名称</translation></message>
<message><source>As listed</source><translation>原有顺序</translation></message>
<message><source>It wants no further packages.</source><translation>它不需要额外的软件包。</translation></message>
<message><source>All tags</source><translation>所有标签</translation></message>
<message><source>The environment and its Python</source><translation>环境及其 Python</translation></message>
<message><source>torch and its companions</source><translation>torch 及其配套组件</translation></message>
<message><source>Files and records of packages</source><translation>软件包的文件与记录</translation></message>
<message><source>What the web UI and its packages need</source><translation>WebUI 和软件包的依赖</translation></message>
<message><source>The way through the proxy</source><translation>代理支持</translation></message>
<message><source>Check again</source><translation>重新检查</translation></message>
<message><source>Check every file</source><translation>检查每个文件</translation></message>
<message><source>Repair</source><translation>修复</translation></message>
<message><source>Checking every file</source><translation>正在检查每个文件</translation></message>
<message><source>Mend</source><translation>修复此项</translation></message>
<message><source>Looks at the environment; nothing is changed.</source><translation>检查环境，不作任何改动。</translation></message>
<message><source>Compares every file with its recorded hash, which takes minutes for torch.</source><translation>把每个文件与记录的哈希值比较；torch 需要几分钟。</translation></message>
<message><source>Does the steps that are listed, and nothing else.</source><translation>只执行列出的步骤，别的都不动。</translation></message>
<message><source>What the repair does</source><translation>修复将执行的步骤</translation></message>
<message><source>Everything is in order</source><translation>一切正常</translation></message>
<message><source>Whether the repair mends this.</source><translation>修复时是否处理此项。</translation></message>
<message><source>This has to be mended by hand.</source><translation>此项需要手动处理。</translation></message>
<message><source>Parts of the environment</source><translation>环境的各部分</translation></message>
<message><source>Chooses a part of the environment.</source><translation>选择环境的一个部分。</translation></message>
<message><source>Check and repair</source><translation>检查与修复</translation></message>
<message><source>torch and Python</source><translation>torch 与 Python</translation></message>
<message><source>Packages</source><translation>软件包</translation></message>
<message><source>Protection</source><translation>环境保护</translation></message>
<message><source>fits</source><translation>适用</translation></message>
<message><source>only the store's advertisement</source><translation>只是应用商店的占位程序</translation></message>
<message><source>does not run</source><translation>无法运行</translation></message>
<message><source>cannot make environments</source><translation>无法创建环境</translation></message>
<message><source>not for this web UI</source><translation>不适用于此 WebUI</translation></message>
<message><source>Builds of torch</source><translation>torch 版本</translation></message>
<message><source>What fits this card and its driver is chosen.</source><translation>已选中适合此显卡和驱动的版本。</translation></message>
<message><source>Pythons</source><translation>Python 列表</translation></message>
<message><source>The Pythons that were found on this machine.</source><translation>在本机上找到的 Python。</translation></message>
<message><source>Install this torch…</source><translation>安装此 torch…</translation></message>
<message><source>Make the environment anew with it…</source><translation>用它重建环境…</translation></message>
<message><source>Shows what is installed, then does it.</source><translation>先显示会安装什么，然后执行。</translation></message>
<message><source>Shows the steps first; the old environment goes to the trash.</source><translation>先显示步骤；旧环境会移到回收站。</translation></message>
<message><source>Here</source><translation>在本机</translation></message>
<message><source>Where</source><translation>位置</translation></message>
<message><source>installed: {version}</source><translation>已安装：{version}</translation></message>
<message><source>not installed yet</source><translation>尚未安装</translation></message>
<message><source>needs driver {driver} or newer</source><translation>需要 {driver} 或更新的驱动</translation></message>
<message><source>not for this graphics card</source><translation>不适用于此显卡</translation></message>
<message><source>not for this Python</source><translation>不适用于此 Python</translation></message>
<message><source>belongs on this machine</source><translation>最适合本机</translation></message>
<message><source>Does these steps; they can be taken back.</source><translation>执行这些步骤；可以撤回。</translation></message>
<message><source>There is nothing to do.</source><translation>没有需要执行的步骤。</translation></message>
<message><source>its record is broken: {file}</source><translation>记录已损坏：{file}</translation></message>
<message><source>a folder: {folder}</source><translation>文件夹：{folder}</translation></message>
<message><source>Choose a package to put it in again or to remove it.</source><translation>选择一个软件包来重装或卸载。</translation></message>
<message><source>Look for newer ones</source><translation>检查新版本</translation></message>
<message><source>Reinstall</source><translation>重装</translation></message>
<message><source>Uninstall</source><translation>卸载</translation></message>
<message><source>Keep these packages</source><translation>保存这些软件包</translation></message>
<message><source>Kept for repairs without a network: {count} packages, {size} of at most {limit}</source><translation>为离线修复保存：{count} 个软件包，{size}（上限 {limit}）</translation></message>
<message><source>{count} packages</source><translation>{count} 个软件包</translation></message>
<message><source>Looking for newer packages</source><translation>正在检查软件包的新版本</translation></message>
<message><source>Asks the package index; newer is not always better.</source><translation>查询软件包源；新版本不一定更好。</translation></message>
<message><source>Installs the newest version; the protected packages stay.</source><translation>安装最新版本；受保护的软件包保持不变。</translation></message>
<message><source>Puts the same version in again, from what is kept if it is there.</source><translation>重新安装同一版本，优先使用已保存的包。</translation></message>
<message><source>Takes the package out; what depends on it is not asked.</source><translation>移除软件包，不检查哪些组件依赖它。</translation></message>
<message><source>Packs the whole environment, so that repairs need no network.</source><translation>打包整个环境，使修复无需网络。</translation></message>
<message><source>Newest</source><translation>最新版本</translation></message>
<message><source>These could not be kept, as they are not whole: {names}</source><translation>以下软件包不完整，无法保存：{names}</translation></message>
<message><source>Who may change what.</source><translation>谁可以改动什么。</translation></message>
<message><source>Protected packages</source><translation>受保护的软件包</translation></message>
<message><source>These stay at their versions, whatever an extension asks for.</source><translation>无论扩展要求什么，这些都保持原版本。</translation></message>
<message><source>Allow it</source><translation>允许</translation></message>
<message><source>Forbid it again</source><translation>取消允许</translation></message>
<message><source>not protected</source><translation>未保护</translation></message>
<message><source>Package</source><translation>软件包</translation></message>
<message><source>Lets this extension, and only it, change this package.</source><translation>仅允许此扩展改动这个软件包。</translation></message>
<message><source>Takes the chosen exception back.</source><translation>取消所选的例外。</translation></message>
<message><source>Held at</source><translation>锁定版本</translation></message>
<message><source>may change</source><translation>可以改动</translation></message>
<message><source>Snapshots or journal</source><translation>快照或日志</translation></message>
<message><source>Shows the snapshots, or what was changed when.</source><translation>显示快照，或何时更改了什么。</translation></message>
<message><source>Name of the snapshot</source><translation>快照名称</translation></message>
<message><source>Empty takes the date.</source><translation>留空则使用日期。</translation></message>
<message><source>Make a snapshot</source><translation>创建快照</translation></message>
<message><source>Import a list…</source><translation>导入列表…</translation></message>
<message><source>Choose one to see what differs.</source><translation>选择一个，查看差异。</translation></message>
<message><source>Making a snapshot</source><translation>正在创建快照</translation></message>
<message><source>Import a list</source><translation>导入列表</translation></message>
<message><source>Importing</source><translation>正在导入</translation></message>
<message><source>Compared with</source><translation>比较对象</translation></message>
<message><source>What the snapshot is compared with.</source><translation>快照与什么比较。</translation></message>
<message><source>Differences</source><translation>差异</translation></message>
<message><source>What is different between the two.</source><translation>两者之间的差异。</translation></message>
<message><source>Restore</source><translation>恢复</translation></message>
<message><source>Journal</source><translation>更改日志</translation></message>
<message><source>Choose a change to take it back.</source><translation>选择一项更改以撤回。</translation></message>
<message><source>Writes down versions, switches, settings and packages as they are now.</source><translation>记录当前的版本、启用状态、设置和软件包。</translation></message>
<message><source>Reads a state that the web UI saved in config_states.</source><translation>读取 WebUI 在 config_states 中保存的状态。</translation></message>
<message><source>When</source><translation>时间</translation></message>
<message><source>Switches</source><translation>启用状态</translation></message>
<message><source>Whether this comes back when the snapshot is restored.</source><translation>恢复快照时是否恢复此项。</translation></message>
<message><source>Brings back the checked parts; what is there now is kept as a snapshot too.</source><translation>恢复勾选的部分；现状也会保存为快照。</translation></message>
<message><source>{count} differences</source><translation>{count} 处差异</translation></message>
<message><source>No difference is known.</source><translation>没有差异。</translation></message>
<message><source>Everything is as it was before this change, and what came later goes too.</source><translation>恢复到此更改之前的状态，之后的更改也一并撤销。</translation></message>
<message><source>What</source><translation>内容</translation></message>
<message><source>How it ended</source><translation>结果</translation></message>
<message><source>by hand</source><translation>手动</translation></message>
<message><source>before a change</source><translation>更改之前</translation></message>
<message><source>imported</source><translation>导入</translation></message>
<message><source>Part</source><translation>部分</translation></message>
<message><source>In the snapshot</source><translation>快照中</translation></message>
<message><source>There</source><translation>对比</translation></message>
<message><source>going on</source><translation>进行中</translation></message>
<message><source>being put back</source><translation>正在恢复原状</translation></message>
<message><source>put back</source><translation>已恢复原状</translation></message>
<message><source>taken back later</source><translation>后来已撤回</translation></message>
<message><source>could not be put back</source><translation>无法恢复原状</translation></message>
<message><source>how it is now</source><translation>当前状态</translation></message>
<message><source>the web UI</source><translation>WebUI</translation></message>
<message><source>works</source><translation>可用</translation></message>
<message><source>{result} (in use)</source><translation>{result}（使用中）</translation></message>
<message><source>Address of a mirror that is measured as well, if you know one you trust.</source><translation>一并测量的镜像地址，请填写您信任的镜像。</translation></message>
<message><source>Measure</source><translation>测量</translation></message>
<message><source>Ways to the servers</source><translation>到服务器的线路</translation></message>
<message><source>Which way works, and how fast.</source><translation>哪条线路可用，速度如何。</translation></message>
<message><source>Nothing measured yet</source><translation>尚未测量</translation></message>
<message><source>If downloads fail or crawl, measure which way works: direct, by proxy or from a mirror.</source><translation>如果下载失败或很慢，可以测量哪条线路可用：直连、代理或镜像。</translation></message>
<message><source>What is set here is given to the programs the studio starts; nothing else on this computer changes.</source><translation>这里的设置只传给本程序启动的程序；不会改动这台电脑上的其他设置。</translation></message>
<message><source>Measuring the network</source><translation>正在测量网络</translation></message>
<message><source>The network settings were changed.</source><translation>网络设置已更改。</translation></message>
<message><source>Set it so</source><translation>采用这些设置</translation></message>
<message><source>For</source><translation>用途</translation></message>
<message><source>Way</source><translation>线路</translation></message>
<message><source>Time</source><translation>用时</translation></message>
<message><source>Result</source><translation>结果</translation></message>
<message><source>Asks each server by every way that is set up; nothing is changed.</source><translation>通过每条已设置的线路访问各服务器；不作任何改动。</translation></message>
<message><source>Git (versions and extensions)</source><translation>Git（版本和扩展）</translation></message>
<message><source>pip (Python packages)</source><translation>pip（Python 软件包）</translation></message>
<message><source>Hugging Face (models)</source><translation>Hugging Face（模型）</translation></message>
<message><source>Mirrors to try as well</source><translation>一并尝试的镜像</translation></message>
<message><source>Changes these settings; it can be undone.</source><translation>更改这些设置；可以撤销。</translation></message>
<message><source>directly</source><translation>直连</translation></message>
<message><source>through the system's proxy</source><translation>通过系统代理</translation></message>
<message><source>through the proxy</source><translation>通过代理</translation></message>
<message><source>from the mirror</source><translation>镜像</translation></message>
<message><source>from the mirror through the proxy</source><translation>通过代理访问镜像</translation></message>
<message><source>Better settings</source><translation>更好的设置</translation></message>
</context>
</TS>
