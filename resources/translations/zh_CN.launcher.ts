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
<message><source>Files of yours in {folder} have the names of files that the other version brings.</source><translation>{folder} 中有您自己的文件，与另一版本带来的文件同名。</translation></message>
<message><source>The details name them. Put them aside or give them other names, then try again.</source><translation>详细信息中列出了这些文件。请先将它们暂存或改名，然后重试。</translation></message>
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
<message><source>No branch is checked out in {folder}, so there is nothing to follow.</source><translation>{folder} 没有检出任何分支，因此没有可跟随的更新。</translation></message>
<message><source>The branch of {folder} has no counterpart in the repository it came from.</source><translation>{folder} 的分支在其来源仓库中没有对应的分支。</translation></message>
<message><source>Return to a branch.</source><translation>请回到一个分支。</translation></message>
<message><source>Choose a branch from the list.</source><translation>请从列表中选择一个分支。</translation></message>
<message><source>There is no version named “{name}”.</source><translation>没有名为“{name}”的版本。</translation></message>
<message><source>Looking for the version of the files</source><translation>正在查找这些文件的版本</translation></message>
<message><source>This cannot be mended here.</source><translation>无法在这里修复。</translation></message>
<message><source>Remember the folder as trusted.</source><translation>请把此文件夹记为受信任。</translation></message>
<message><source>{name} is not a Git repository</source><translation>{name} 不是 Git 仓库</translation></message>
<message><source>It was unpacked from a zip, so it cannot be updated. Connecting it keeps every file as it is.</source><translation>它是从 zip 解压的，因此无法更新。连接仓库时所有文件保持原样。</translation></message>
<message><source>Connect with its repository</source><translation>连接到它的仓库</translation></message>
<message><source>{name} belongs to another user account</source><translation>{name} 属于另一个用户帐户</translation></message>
<message><source>Git refuses such folders (also on disks without owners, as exFAT). Trust it only if it is yours.</source><translation>Git 拒绝使用这样的文件夹（在没有所有者信息的磁盘上也会如此，例如 exFAT）。仅当它是您的文件夹时才信任它。</translation></message>
<message><source>Trust this folder</source><translation>信任此文件夹</translation></message>
<message><source>The repository in {name} is damaged</source><translation>{name} 中的仓库已损坏</translation></message>
<message><source>A download or an update was cut off, or the power went. Its history is fetched anew; your files are kept.</source><translation>下载或更新被中断，或曾经断电。将重新获取历史；您的文件会保留。</translation></message>
<message><source>Fetch the repository anew</source><translation>重新获取仓库</translation></message>
<message><source>Git was interrupted in {name}</source><translation>Git 在 {name} 中被中断</translation></message>
<message><source>A lock was left behind; until it is removed Git refuses to change anything there.</source><translation>留下了一个锁文件；移除之前 Git 拒绝在那里做任何更改。</translation></message>
<message><source>Remove the lock</source><translation>移除锁文件</translation></message>
<message><source>{name} is in the middle of a {operation}</source><translation>{name} 有一次未完成的 {operation}</translation></message>
<message><source>It was begun and never finished, so that files may hold both versions at once.</source><translation>它开始后从未完成，因此文件中可能同时含有两个版本。</translation></message>
<message><source>Abort it</source><translation>放弃它</translation></message>
<message><source>The repository of {name} was deleted by its owner</source><translation>{name} 的仓库已被其所有者删除</translation></message>
<message><source>{remote} does not exist any more; the same files are kept at {url}.</source><translation>{remote} 已不存在；同样的文件保存在 {url}。</translation></message>
<message><source>Change the address</source><translation>更改地址</translation></message>
<message><source>{name} does not know where it came from</source><translation>{name} 不知道自己的来源</translation></message>
<message><source>It has no address to fetch new versions from.</source><translation>它没有可获取新版本的地址。</translation></message>
<message><source>Set the address</source><translation>设置地址</translation></message>
<message><source>{name} follows another repository than expected</source><translation>{name} 跟随的不是预期的仓库</translation></message>
<message><source>Its address is {remote} instead of {url}: a fork, or an old address.</source><translation>它的地址是 {remote}，而不是 {url}：可能是分叉仓库或旧地址。</translation></message>
<message><source>{name} and its repository have no common history</source><translation>{name} 与它的仓库没有共同的历史</translation></message>
<message><source>It was made from another repository, or the history was written anew from the start.</source><translation>它来自另一个仓库，或历史被完全重写。</translation></message>
<message><source>Follow the repository</source><translation>跟随仓库</translation></message>
<message><source>The history of {name} was rewritten by its author</source><translation>{name} 的历史被作者改写</translation></message>
<message><source>The version you have is no part of it any more, so an update cannot simply move forward.</source><translation>您的版本已不在其中，因此无法直接更新到新版本。</translation></message>
<message><source>{name} has {ahead} commits of its own</source><translation>{name} 有 {ahead} 个自己的提交</translation></message>
<message><source>They keep updates from moving forward. They stay as a branch when you follow the repository.</source><translation>它们使更新无法前进。跟随仓库时，它们会保留为一个分支。</translation></message>
<message><source>{name} stands on a single version</source><translation>{name} 停在单个版本上</translation></message>
<message><source>No branch is checked out (after going to a tag or commit), so updates do nothing.</source><translation>没有检出分支（切换到标签或提交之后即“游离”状态），因此更新不起作用。</translation></message>
<message><source>Return to the branch</source><translation>回到分支</translation></message>
<message><source>{count} files of {name} were changed by hand</source><translation>{name} 有 {count} 个文件被手动修改</translation></message>
<message><source>An update stops where it would overwrite them. Put aside, they can be taken back afterwards.</source><translation>更新若会覆盖它们就会停止。暂存之后可以再取回。</translation></message>
<message><source>Put the changes aside</source><translation>暂存修改</translation></message>
<message><source>Parts of {name} are missing</source><translation>{name} 缺少一些部分</translation></message>
<message><source>Repositories that belong into it were never fetched: {paths}.</source><translation>属于它的子仓库从未获取：{paths}。</translation></message>
<message><source>Fetch the missing parts</source><translation>获取缺少的部分</translation></message>
<message><source>{name} has only a part of its history</source><translation>{name} 只有一部分历史</translation></message>
<message><source>It was fetched without older versions, so you cannot go back to them.</source><translation>获取时没有包含旧版本，因此无法回到旧版本。</translation></message>
<message><source>Fetch the whole history</source><translation>获取完整历史</translation></message>
<message><source>{path} changed meanwhile.</source><translation>{path} 在此期间发生了变化。</translation></message>
<message><source>Look at the list of what goes again.</source><translation>请重新查看将被删除的内容列表。</translation></message>
<message><source>No web UI was found in {folder}.</source><translation>在 {folder} 中没有找到 WebUI。</translation></message>
<message><source>Choose the folder that holds its launch.py.</source><translation>请选择包含 launch.py 的文件夹。</translation></message>
<message><source>{folder} is in the list already, as {key}.</source><translation>{folder} 已在列表中，名为 {key}。</translation></message>
<message><source>The list of web UIs in {path} cannot be read.</source><translation>无法读取 {path} 中的 WebUI 列表。</translation></message>
<message><source>Move this file away and adopt the folders again; nothing of theirs is lost.</source><translation>请移走此文件并重新接管各文件夹；其中的内容不会丢失。</translation></message>
<message><source>Looking at extensions</source><translation>正在查看扩展</translation></message>
<message><source>Asking for new versions</source><translation>正在查询新版本</translation></message>
<message><source>Updating extensions</source><translation>正在更新扩展</translation></message>
<message><source>There is no extension named “{name}”.</source><translation>没有名为“{name}”的扩展。</translation></message>
<message><source>“{name}” cannot be the name of a folder.</source><translation>“{name}”不能作为文件夹名。</translation></message>
<message><source>Give it another name.</source><translation>请换一个名称。</translation></message>
<message><source>There is an extension in a folder named {name} already.</source><translation>名为 {name} 的文件夹中已有一个扩展。</translation></message>
<message><source>Uninstall it first.</source><translation>请先卸载它。</translation></message>
<message><source>This extension is installed already, as {name}.</source><translation>此扩展已安装，名为 {name}。</translation></message>
<message><source>{name} belongs to the web UI.</source><translation>{name} 属于 WebUI 本身。</translation></message>
<message><source>Switch it off instead.</source><translation>请改为停用它。</translation></message>
<message><source>{name} is no extension of {title}.</source><translation>{name} 不是 {title} 的扩展。</translation></message>
<message><source>{path} is damaged; it was not changed.</source><translation>{path} 已损坏；未对它做任何更改。</translation></message>
<message><source>Restore its last good copy, or move it away: the web UI then begins with its defaults.</source><translation>请恢复它最近的完好副本，或将它移走：WebUI 会以默认设置开始。</translation></message>
<message><source>Fetching the list of extensions</source><translation>正在获取扩展列表</translation></message>
<message><source>The list of extensions could not be fetched; this is the last copy.</source><translation>无法获取扩展列表；这是上次的副本。</translation></message>
<message><source>The list of extensions cannot be fetched from {url}.</source><translation>无法从 {url} 获取扩展列表。</translation></message>
<message><source>Check the connection, the proxy and the address of the list in the settings.</source><translation>请检查网络连接，以及设置中的代理和列表地址。</translation></message>
<message><source>The answer is no list of extensions.</source><translation>服务器返回的不是扩展列表。</translation></message>
<message><source>Check the address of the list.</source><translation>请检查列表的地址。</translation></message>
<message><source>Looking at repositories</source><translation>正在查看仓库</translation></message>
</context>
</TS>
