<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Update the web UI</source><translation>更新 WebUI</translation></message>
<message><source>Switch the web UI to {version}</source><translation>将 WebUI 切换到 {version}</translation></message>
<message><source>Take the web UI back to {version}</source><translation>将 WebUI 回退到 {version}</translation></message>
<message><source>Install the extension {name}</source><translation>安装扩展 {name}</translation></message>
<message><source>Update extensions: {names}</source><translation>更新扩展：{names}</translation></message>
<message><source>Switch the extension {name} to {version}</source><translation>将扩展 {name} 切换到 {version}</translation></message>
<message><source>Uninstall the extension {name}</source><translation>卸载扩展 {name}</translation></message>
<message><source>Switch on: {names}</source><translation>启用：{names}</translation></message>
<message><source>Switch off: {names}</source><translation>停用：{names}</translation></message>
<message><source>Rename the extension {name} to {new}</source><translation>将扩展 {name} 重命名为 {new}</translation></message>
<message><source>Repair the environment</source><translation>修复环境</translation></message>
<message><source>Change packages: {names}</source><translation>更改软件包：{names}</translation></message>
<message><source>Mend the repository {name}</source><translation>修复仓库 {name}</translation></message>
<message><source>Restore the snapshot “{name}”</source><translation>还原快照“{name}”</translation></message>
<message><source>Take back: {name}</source><translation>撤销：{name}</translation></message>
<message><source>Set {name} to {value}</source><translation>将 {name} 设为 {value}</translation></message>
<message><source>Set {key} to {value}</source><translation>将 {key} 设为 {value}</translation></message>
<message><source>Choose the VRAM tier {tier}</source><translation>选择显存档位 {tier}</translation></message>
<message><source>Use port {port}</source><translation>使用端口 {port}</translation></message>
<message><source>Fetch {name} from {url}</source><translation>从 {url} 获取 {name}</translation></message>
<message><source>Fetch {name} afresh</source><translation>重新获取 {name}</translation></message>
<message><source>Connect the folder with its repository</source><translation>将文件夹与其仓库关联</translation></message>
<message><source>Put changed files aside</source><translation>暂存改动过的文件</translation></message>
<message><source>Keeping packages for the way back</source><translation>正在保留软件包以便回退</translation></message>
<message><source>Fetching the new version</source><translation>正在获取新版本</translation></message>
<message><source>Installing what the new version needs</source><translation>正在安装新版本所需的软件包</translation></message>
<message><source>Fetching the extension</source><translation>正在获取扩展</translation></message>
<message><source>Running the extension's install script</source><translation>正在运行扩展的安装脚本</translation></message>
<message><source>Moving it to the trash</source><translation>正在移到回收站</translation></message>
<message><source>Writing the settings</source><translation>正在写入设置</translation></message>
<message><source>Repairing</source><translation>正在修复</translation></message>
<message><source>Bringing back how it was</source><translation>正在恢复原状</translation></message>
<message><source>Trying a start</source><translation>正在试启动</translation></message>
<message><source>There is nothing that this could mend here.</source><translation>这里没有此操作可以修复的内容。</translation></message>
<message><source>Look at the other findings.</source><translation>请查看其他诊断结果。</translation></message>
<message><source>The most sparing VRAM tier is chosen already.</source><translation>已经是最省显存的档位。</translation></message>
<message><source>Make smaller pictures.</source><translation>请生成更小的图片。</translation></message>
<message><source>{folder} is no folder of {title}.</source><translation>{folder} 不是 {title} 的文件夹。</translation></message>
<message><source>Start the web UI; it makes a new one.</source><translation>启动 WebUI，它会新建一个。</translation></message>
<message><source>repository</source><translation>仓库</translation></message>
<message><source>Another change of this web UI is going on.</source><translation>此 WebUI 正在进行另一项更改。</translation></message>
<message><source>Wait until it is finished.</source><translation>请等它完成。</translation></message>
<message><source>The install script of {name} failed.</source><translation>{name} 的安装脚本失败了。</translation></message>
<message><source>The details are its own words.</source><translation>详细信息是它自己的输出。</translation></message>
<message><source>part of a snapshot</source><translation>快照部分</translation></message>
<message><source>There is no change that could be taken back.</source><translation>没有可以撤销的更改。</translation></message>
<message><source>extension</source><translation>扩展</translation></message>
<message><source>change</source><translation>更改</translation></message>
<message><source>stash</source><translation>暂存</translation></message>
<message><source>snapshot</source><translation>快照</translation></message>
<message><source>{name} is no saved state of a web UI.</source><translation>{name} 不是 WebUI 保存的状态。</translation></message>
<message><source>Choose a file of its folder config_states.</source><translation>请选择其 config_states 文件夹中的文件。</translation></message>
<message><source>Not everything could be brought back: {problem}</source><translation>未能全部恢复：{problem}</translation></message>
<message><source>Look into the details, then restore the snapshot again.</source><translation>请查看详细信息，然后再次还原快照。</translation></message>
<message><source>{name} is gone, and where it came from is not known.</source><translation>{name} 已不存在，且不知道它的来源。</translation></message>
<message><source>{path} could not be brought back.</source><translation>无法恢复 {path}。</translation></message>
<message><source>The kept copy of {name} is gone.</source><translation>{name} 的备份副本已不存在。</translation></message>
<message><source>The web UI does not start after this: {change}. Everything was put back as it was. {why}</source><translation>执行此操作后 WebUI 无法启动：{change}。已全部恢复原状。{why}</translation></message>
<message><source>Look at the diagnosis of the trial start.</source><translation>请查看试启动的诊断结果。</translation></message>
<message><source>{title} is running.</source><translation>{title} 正在运行。</translation></message>
<message><source>The server's name is not known.</source><translation>找不到该服务器的域名。</translation></message>
<message><source>The server cannot be reached.</source><translation>无法连接服务器。</translation></message>
<message><source>No answer in time.</source><translation>未在时限内应答。</translation></message>
<message><source>The certificate is not the server's: a program in between reads the traffic.</source><translation>证书不是该服务器的：中间有程序在读取流量。</translation></message>
<message><source>The connection cannot be secured; something in between speaks another language.</source><translation>无法建立加密连接；中间的程序使用了另一种协议。</translation></message>
<message><source>The connection breaks.</source><translation>连接中断。</translation></message>
<message><source>The server refuses.</source><translation>服务器拒绝。</translation></message>
<message><source>The server does not have it; the address of the mirror may be wrong.</source><translation>服务器上没有此内容；镜像地址可能有误。</translation></message>
<message><source>The server has an error of its own.</source><translation>服务器自身出错。</translation></message>
<message><source>The proxy does not answer: its program is off, or the port is another one.</source><translation>代理没有应答：代理程序未开启，或端口不对。</translation></message>
<message><source>The proxy wants a user name and a password.</source><translation>代理需要用户名和密码。</translation></message>
<message><source>The proxy refuses this server.</source><translation>代理拒绝访问该服务器。</translation></message>
<message><source>The address says http, but this port speaks SOCKS.</source><translation>地址写的是 http，但此端口是 SOCKS 代理。</translation></message>
<message><source>The address says SOCKS, but this port speaks http.</source><translation>地址写的是 SOCKS，但此端口是 http 代理。</translation></message>
<message><source>This is no address.</source><translation>这不是有效的地址。</translation></message>
<message><source>Programs started outside the studio ask the proxy for this computer itself: NO_PROXY lacks localhost.</source><translation>在本程序之外启动的程序会经由代理访问本机：NO_PROXY 中缺少 localhost。</translation></message>
<message><source>Measuring ways to the network</source><translation>正在测量各条网络线路</translation></message>
<message><source>Name one snapshot or two.</source><translation>请指定一个或两个快照。</translation></message>
<message><source>See: python main.py webui snapshot list</source><translation>参见：python main.py webui snapshot list</translation></message>
<message><source>Name the file that the web UI wrote to its folder config_states.</source><translation>请指定 WebUI 写入 config_states 文件夹的文件。</translation></message>
<message><source>Install one: python main.py webui install a1111 FOLDER</source><translation>请先安装：python main.py webui install a1111 FOLDER</translation></message>
<message><source>There are several web UIs: {keys}.</source><translation>有多个 WebUI：{keys}。</translation></message>
<message><source>Name one: --webui KEY</source><translation>请指定其一：--webui KEY</translation></message>
<message><source>“{act}” wants {count} names.</source><translation>“{act}”需要 {count} 个名称。</translation></message>
<message><source>See: python main.py webui extensions --help</source><translation>参见：python main.py webui extensions --help</translation></message>
<message><source>Name the extensions.</source><translation>请指定扩展。</translation></message>
<message><source>See: python main.py webui extensions</source><translation>参见：python main.py webui extensions</translation></message>
<message><source>{title} has written no log yet.</source><translation>{title} 还没有写过日志。</translation></message>
<message><source>Start it first, or name a file.</source><translation>请先启动它，或指定一个文件。</translation></message>
</context>
</TS>
