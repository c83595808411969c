<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Install the package that provides {module}</source><translation>安装提供 {module} 的软件包</translation></message>
<message><source>Install {requirement}</source><translation>安装 {requirement}</translation></message>
<message><source>Install CLIP with the build tools it needs</source><translation>用合适的构建工具安装 CLIP</translation></message>
<message><source>Reinstall {package}</source><translation>重装 {package}</translation></message>
<message><source>Install the torch build that fits this graphics card</source><translation>安装适合这张显卡的 torch</translation></message>
<message><source>Install torch, torchvision and xFormers that belong together</source><translation>安装配套的 torch、torchvision 和 xFormers</translation></message>
<message><source>Install the web UI's own package versions again</source><translation>重新安装 WebUI 指定的软件包版本</translation></message>
<message><source>Remove what broken installations left in the environment</source><translation>清除环境中损坏安装留下的残余</translation></message>
<message><source>Remove the damaged download of {package}</source><translation>清除 {package} 的损坏下载</translation></message>
<message><source>Put pip back into the environment</source><translation>把 pip 装回环境</translation></message>
<message><source>Build the environment anew</source><translation>重建虚拟环境</translation></message>
<message><source>Tell the environment where it lies now</source><translation>修正虚拟环境的路径</translation></message>
<message><source>Use a Python {version} of the studio's own</source><translation>使用本程序自带的 Python {version}</translation></message>
<message><source>Start with {option}</source><translation>启动时加上 {option}</translation></message>
<message><source>Start without {option}</source><translation>启动时去掉 {option}</translation></message>
<message><source>Set {name} to {value} for the web UI</source><translation>为 WebUI 把 {name} 设为 {value}</translation></message>
<message><source>Start without the variable {name}</source><translation>启动时不带变量 {name}</translation></message>
<message><source>Set {key} to {value} in the web UI's settings</source><translation>在 WebUI 设置中把 {key} 设为 {value}</translation></message>
<message><source>Choose the next more sparing VRAM tier</source><translation>选择更省显存的下一档</translation></message>
<message><source>Use the next free port</source><translation>使用下一个空闲端口</translation></message>
<message><source>Fetch {repository} from {url}</source><translation>从 {url} 获取 {repository}</translation></message>
<message><source>Fetch {repository} afresh beside the damaged copy</source><translation>在损坏的副本旁重新获取 {repository}</translation></message>
<message><source>Connect this folder with its repository, all files kept</source><translation>将此文件夹与仓库关联，保留所有文件</translation></message>
<message><source>Let the studio's Git use {folder}</source><translation>允许本程序的 Git 使用 {folder}</translation></message>
<message><source>Put the changed files aside under a name</source><translation>命名并暂存改动过的文件</translation></message>
<message><source>Disable the extension {extension}</source><translation>停用扩展 {extension}</translation></message>
<message><source>Update the extension {extension}</source><translation>更新扩展 {extension}</translation></message>
<message><source>Rename the extension's folder to {name}</source><translation>把扩展文件夹重命名为 {name}</translation></message>
<message><source>Restore the last good copy of {file}</source><translation>恢复 {file} 最近的完好副本</translation></message>
<message><source>Check the model file {file}</source><translation>校验模型文件 {file}</translation></message>
<message><source>Show what else uses the graphics card</source><translation>查看还有什么在占用显卡</translation></message>
<message><source>Find the extension that is to blame</source><translation>查找有问题的扩展</translation></message>
<message><source>Measure which ways to the network work</source><translation>检测哪些网络线路可用</translation></message>
<message><source>Open the folder {folder}</source><translation>打开文件夹 {folder}</translation></message>
<message><source>Open {url}</source><translation>打开 {url}</translation></message>
<message><source>Move the web UI to another folder</source><translation>把 WebUI 移到其他文件夹</translation></message>
<message><source>Show what takes space</source><translation>查看空间占用</translation></message>
<message><source>The rules in {name} cannot be read.</source><translation>无法读取 {name} 中的规则。</translation></message>
<message><source>Trying a start with some extensions</source><translation>正在尝试只用部分扩展启动</translation></message>
<message><source>{path} is the web UI's own settings file and stays as it is.</source><translation>{path} 是 WebUI 自己的设置文件，不会改动。</translation></message>
<message><source>{name} cannot be read.</source><translation>无法读取 {name}。</translation></message>
<message><source>Restore its last good copy.</source><translation>恢复它最近的完好副本。</translation></message>
<message><source>No package is known that brings {module}.</source><translation>没有已知的软件包提供 {module}。</translation></message>
<message><source>It may be a part of the extension that asks for it: update that extension, or look at its page.</source><translation>它可能是需要它的扩展自身的一部分：请更新该扩展，或查看其主页。</translation></message>
<message><source>Check the web UI's model files</source><translation>检查 WebUI 的模型文件</translation></message>
<message><source>Measuring folders</source><translation>正在统计文件夹大小</translation></message>
<message><source>Opens the folder by double click.</source><translation>双击可打开文件夹。</translation></message>
<message><source>{size} are free. A double click opens a folder; nothing is removed here.</source><translation>剩余 {size}。双击可打开文件夹；这里不会删除任何东西。</translation></message>
<message><source>Checking model files</source><translation>正在检查模型文件</translation></message>
<message><source>Stop the web UI and move its folder {folder}.</source><translation>请停止 WebUI，然后移动它的文件夹 {folder}。</translation></message>
<message><source>Then adopt it at its new place; “Check and repair” of its environment corrects the paths.</source><translation>然后在新位置接管它；“检查与修复”会改正虚拟环境里的路径。</translation></message>
<message><source>No model file was found.</source><translation>没有找到模型文件。</translation></message>
<message><source>{count} model files were checked: nothing is wrong with them.</source><translation>已检查 {count} 个模型文件，没有发现问题。</translation></message>
<message><source>What takes space</source><translation>空间占用</translation></message>
<message><source>Download these again, or move them out of the models folder.</source><translation>请重新下载这些文件，或将它们移出模型文件夹。</translation></message>
<message><source>What uses the graphics card</source><translation>正在使用显卡的程序</translation></message>
<message><source>Looking at the graphics card</source><translation>正在查看显卡</translation></message>
<message><source>Model files that cannot be used</source><translation>无法使用的模型文件</translation></message>
<message><source>Looking for what takes space</source><translation>正在查找占用空间的内容</translation></message>
</context>
</TS>
