<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Git was not found on this computer.</source><translation>这台电脑上没有找到 Git。</translation></message>
<message><source>“{url}” is no address of a Git repository.</source><translation>“{url}”不是 Git 仓库的地址。</translation></message>
<message><source>The folder {folder} does not exist.</source><translation>文件夹 {folder} 不存在。</translation></message>
<message><source>Git said nothing for {seconds} seconds and was stopped.</source><translation>Git 已 {seconds} 秒没有任何响应，已被停止。</translation></message>
<message><source>Git for Windows cannot load its own network library.</source><translation>Git for Windows 无法加载自己的网络库。</translation></message>
<message><source>The disk is full; Git could not finish.</source><translation>磁盘已满，Git 未能完成。</translation></message>
<message><source>A file name is too long for this system.</source><translation>文件名对于此系统来说太长。</translation></message>
<message><source>Git refuses {folder} because it belongs to another user account.</source><translation>{folder} 属于另一个用户帐户，Git 拒绝使用它。</translation></message>
<message><source>This kind of address is not allowed for a repository.</source><translation>仓库不允许使用这种地址。</translation></message>
<message><source>The server's certificate was not accepted.</source><translation>服务器的证书未被接受。</translation></message>
<message><source>The server refuses for now: too many questions from this address.</source><translation>服务器暂时拒绝：来自此地址的请求过多。</translation></message>
<message><source>The repository does not exist any more, or is not open to everybody.</source><translation>仓库已不存在，或并非公开。</translation></message>
<message><source>The repository has no such branch or tag.</source><translation>仓库中没有这个分支或标签。</translation></message>
<message><source>The connection broke while Git was receiving.</source><translation>Git 接收数据时连接中断。</translation></message>
<message><source>Git cannot reach the server.</source><translation>Git 无法连接服务器。</translation></message>
<message><source>Another Git is at work in {folder}, or one was killed there.</source><translation>另一个 Git 正在 {folder} 中工作，或曾在那里被强行结束。</translation></message>
<message><source>A merge was begun in {folder} and never finished.</source><translation>{folder} 中有一次未完成的合并。</translation></message>
<message><source>Files in {folder} were changed by hand; Git will not overwrite them.</source><translation>{folder} 中的文件被手动修改过，Git 不会覆盖它们。</translation></message>
<message><source>Your changes and the new version touch the same lines.</source><translation>您的修改与新版本改动了相同的行。</translation></message>
<message><source>{folder} has commits of its own, so it cannot simply move forward.</source><translation>{folder} 有自己的提交，因此无法直接前进到新版本。</translation></message>
<message><source>{folder} and its repository have no common history.</source><translation>{folder} 与它的仓库没有共同的历史。</translation></message>
<message><source>The repository in {folder} is damaged: parts of its history are missing.</source><translation>{folder} 中的仓库已损坏：部分历史缺失。</translation></message>
<message><source>There is no such version in {folder}.</source><translation>{folder} 中没有这个版本。</translation></message>
<message><source>{folder} is not a Git repository.</source><translation>{folder} 不是 Git 仓库。</translation></message>
<message><source>Git may not write in {folder}.</source><translation>Git 无权写入 {folder}。</translation></message>
<message><source>Git could not finish its work in {folder}.</source><translation>Git 未能在 {folder} 中完成工作。</translation></message>
<message><source>Install Git from https://git-scm.com (Linux: with the package manager), then start the studio again.</source><translation>请从 https://git-scm.com 安装 Git（Linux：使用包管理器），然后重新启动本程序。</translation></message>
<message><source>Use an address that begins with https://, ssh:// or git@, or a folder on this computer.</source><translation>请使用以 https://、ssh:// 或 git@ 开头的地址，或本机上的文件夹。</translation></message>
<message><source>Choose another one, or install anew.</source><translation>请选择其他文件夹，或重新安装。</translation></message>
<message><source>Try again; if it happens each time, choose another mirror or a proxy.</source><translation>请重试；如果每次都这样，请换一个镜像或代理。</translation></message>
<message><source>Install Git in a folder whose path holds only Latin letters.</source><translation>请把 Git 安装到路径只含英文字母的文件夹。</translation></message>
<message><source>Free some space and try again; what was received is kept.</source><translation>请释放一些空间后重试；已接收的内容会保留。</translation></message>
<message><source>Move the folder closer to the root of the disk.</source><translation>请把文件夹移到离磁盘根目录更近的位置。</translation></message>
<message><source>Trust this folder, if it is yours.</source><translation>如果这是您的文件夹，请信任它。</translation></message>
<message><source>Use an address that begins with https://.</source><translation>请使用以 https:// 开头的地址。</translation></message>
<message><source>Check the clock and the proxy; a program that looks into the traffic may be in between.</source><translation>请检查系统时间和代理；中间可能有检查流量的程序。</translation></message>
<message><source>Wait some minutes or choose another mirror.</source><translation>请等待几分钟，或换一个镜像。</translation></message>
<message><source>Check the address; a repository that moved can be given its new one.</source><translation>请检查地址；搬家的仓库可以改用新地址。</translation></message>
<message><source>Try again: it goes on where it stopped. A mirror may help.</source><translation>请重试：会从中断处继续。使用镜像可能有帮助。</translation></message>
<message><source>Check the connection, the proxy and the mirror in the settings.</source><translation>请检查网络连接，以及设置中的代理和镜像。</translation></message>
<message><source>Wait for it to end; if nothing runs, remove the lock.</source><translation>请等待它结束；如果没有程序在运行，请移除锁文件。</translation></message>
<message><source>Abort the merge, then try again.</source><translation>请放弃这次合并，然后重试。</translation></message>
<message><source>Put the changes aside under a name; they can be taken back afterwards.</source><translation>请把修改命名暂存，之后可以取回。</translation></message>
<message><source>Your changes stay put aside; nothing is lost.</source><translation>您的修改仍然暂存着，没有任何丢失。</translation></message>
<message><source>Put your commits aside and follow the repository, or stay on this version.</source><translation>请把您的提交放到一边并跟随仓库，或停留在此版本。</translation></message>
<message><source>Give the folder the address of the repository it came from.</source><translation>请为文件夹设置它所来自的仓库地址。</translation></message>
<message><source>Fetch the repository anew; your files are kept.</source><translation>请重新获取仓库；您的文件会保留。</translation></message>
<message><source>Connect the folder with its repository; your files are kept.</source><translation>请把文件夹与它的仓库连接；您的文件会保留。</translation></message>
<message><source>Close programs that use it, and check its permissions.</source><translation>请关闭正在使用它的程序，并检查其权限。</translation></message>
<message><source>The details hold Git's own words.</source><translation>详细信息中是 Git 的原话。</translation></message>
<message><source>Git: counting</source><translation>Git：正在统计</translation></message>
<message><source>Git: waiting for the server</source><translation>Git：正在等待服务器</translation></message>
<message><source>Git: receiving</source><translation>Git：正在接收</translation></message>
<message><source>Git: unpacking</source><translation>Git：正在解包</translation></message>
<message><source>Git: writing files</source><translation>Git：正在写入文件</translation></message>
<message><source>Git: checking</source><translation>Git：正在检查</translation></message>
<message><source>{folder} exists already.</source><translation>{folder} 已存在。</translation></message>
<message><source>Choose another folder, or adopt this one.</source><translation>请选择其他文件夹，或接管这个文件夹。</translation></message>
<message><source>Asking the repository</source><translation>正在询问仓库</translation></message>
<message><source>Checking what arrived</source><translation>正在检查收到的内容</translation></message>
</context>
</TS>
