<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>web UI</source><translation>网页界面</translation></message>
<message><source>Comparing packages with their records</source><translation>正在将软件包与其安装记录对比</translation></message>
<message><source>The disk is full; pip could not finish.</source><translation>磁盘已满，pip 未能完成。</translation></message>
<message><source>The environment has no pip.</source><translation>该环境中没有 pip。</translation></message>
<message><source>pip cannot use a SOCKS proxy in this environment.</source><translation>该环境中的 pip 无法使用 SOCKS 代理。</translation></message>
<message><source>The package index's certificate was not accepted.</source><translation>软件包源的证书未被接受。</translation></message>
<message><source>A downloaded package is not the one that was expected.</source><translation>下载到的软件包与预期的不一致。</translation></message>
<message><source>A package file is damaged.</source><translation>软件包文件已损坏。</translation></message>
<message><source>The wanted packages cannot be had together.</source><translation>所需的软件包无法同时安装。</translation></message>
<message><source>The package index cannot be reached.</source><translation>无法连接软件包源。</translation></message>
<message><source>A package has to be compiled, and no compiler is here.</source><translation>有软件包需要编译，但本机没有编译器。</translation></message>
<message><source>A file of the environment may not be written.</source><translation>环境中的某个文件无法写入。</translation></message>
<message><source>There is no package that fits: {package}.</source><translation>没有合适的软件包：{package}。</translation></message>
<message><source>pip failed.</source><translation>pip 运行失败。</translation></message>
<message><source>Repair the environment.</source><translation>请修复环境。</translation></message>
<message><source>Set an http:// proxy, or let the repair install PySocks.</source><translation>请改用 http:// 代理，或通过修复安装 PySocks。</translation></message>
<message><source>Check the clock and the proxy.</source><translation>请检查系统时间和代理。</translation></message>
<message><source>Try again; if it stays so, choose another package index.</source><translation>请重试；如果仍然如此，请换一个软件包源。</translation></message>
<message><source>Try again; it will be downloaded anew.</source><translation>请重试，将会重新下载。</translation></message>
<message><source>The details say who wants what; allow the change for the extension, or leave it out.</source><translation>详情中说明了谁需要什么；请允许该扩展更改，或者不安装它。</translation></message>
<message><source>Check the connection, the proxy and the package index in the settings.</source><translation>请检查网络连接，以及设置中的代理和软件包源。</translation></message>
<message><source>Look for an older or newer version of the package that comes ready made.</source><translation>请寻找该软件包已编译好的旧版或新版。</translation></message>
<message><source>Stop the web UI and close other programs that use its folder, then try again.</source><translation>请停止 WebUI 并关闭占用其文件夹的其他程序，然后重试。</translation></message>
<message><source>Check the name, the Python version and the package index.</source><translation>请检查名称、Python 版本和软件包源。</translation></message>
<message><source>The details are pip's own words.</source><translation>详情为 pip 的原始输出。</translation></message>
<message><source>Downloading packages</source><translation>正在下载软件包</translation></message>
<message><source>Looking for packages</source><translation>正在查找软件包</translation></message>
<message><source>Building packages</source><translation>正在构建软件包</translation></message>
<message><source>Installing packages</source><translation>正在安装软件包</translation></message>
<message><source>Removing packages</source><translation>正在移除软件包</translation></message>
<message><source>No Python was chosen for the environment.</source><translation>没有为环境选择 Python。</translation></message>
<message><source>{path} includes too many files.</source><translation>{path} 包含的文件过多。</translation></message>
<message><source>Look into the requirements files by hand.</source><translation>请手动查看这些 requirements 文件。</translation></message>
<message><source>{path} is too large for a requirements file.</source><translation>{path} 太大，不像是 requirements 文件。</translation></message>
<message><source>Look into the file.</source><translation>请查看该文件。</translation></message>
<message><source>{program} cannot be run.</source><translation>无法运行 {program}。</translation></message>
<message><source>{who} wants {package} {wanted}, but {held} is protected.</source><translation>{who} 需要 {package} {wanted}，但 {held} 受保护。</translation></message>
<message><source>Allow it for this extension, or leave it out.</source><translation>请允许该扩展更改，或者不安装它。</translation></message>
<message><source>Making the environment</source><translation>正在创建环境</translation></message>
<message><source>The environment could not be made.</source><translation>无法创建环境。</translation></message>
<message><source>Choose another Python, or another folder.</source><translation>请选择另一个 Python 或另一个文件夹。</translation></message>
<message><source>This Python cannot make environments: its ensurepip module is missing.</source><translation>这个 Python 无法创建环境：缺少 ensurepip 模块。</translation></message>
<message><source>Install Python's venv package, or choose another Python.</source><translation>请安装 Python 的 venv 组件，或选择另一个 Python。</translation></message>
<message><source>pip could not be brought back.</source><translation>无法恢复 pip。</translation></message>
<message><source>Make the environment anew.</source><translation>请重新创建环境。</translation></message>
<message><source>The environment needs Python {wanted}, but this is {found}.</source><translation>该环境需要 Python {wanted}，而这是 {found}。</translation></message>
<message><source>Choose a Python of that version, or make the environment anew.</source><translation>请选择该版本的 Python，或重新创建环境。</translation></message>
<message><source>{name} is not a whole wheel.</source><translation>{name} 不是完整的 wheel 文件。</translation></message>
<message><source>{name} is not complete and cannot be kept.</source><translation>{name} 不完整，无法保存。</translation></message>
<message><source>Repair the package first.</source><translation>请先修复该软件包。</translation></message>
<message><source>Reading what the packages need</source><translation>正在读取软件包的依赖</translation></message>
<message><source>Keeping packages for repairs</source><translation>正在保存软件包以备修复</translation></message>
<message><source>Protect the environment</source><translation>保护环境</translation></message>
<message><source>Extensions cannot replace torch, numpy and the like.</source><translation>扩展不能替换 torch、numpy 等关键软件包。</translation></message>
<message><source>Exceptions</source><translation>例外</translation></message>
<message><source>What single extensions may change nevertheless.</source><translation>个别扩展仍可更改的软件包。</translation></message>
<message><source>There is no environment yet</source><translation>还没有环境</translation></message>
<message><source>The web UI needs a Python of its own.</source><translation>WebUI 需要自己的 Python 环境。</translation></message>
<message><source>The environment's Python is gone</source><translation>环境所用的 Python 不见了</translation></message>
<message><source>It was made from {home}, where no Python is any more; the folder was moved, or that Python was removed.</source><translation>它由 {home} 中的 Python 创建，但那里已没有 Python：文件夹被移动过，或该 Python 已被卸载。</translation></message>
<message><source>The environment was moved</source><translation>环境被移动过</translation></message>
<message><source>Its scripts still name {was}.</source><translation>其中的脚本仍指向 {was}。</translation></message>
<message><source>The environment's Python does not suit the web UI</source><translation>环境的 Python 版本不适合该 WebUI</translation></message>
<message><source>It is Python {version}; {webui} runs on {low} to {high}.</source><translation>当前为 Python {version}；{webui} 需要 {low} 到 {high}。</translation></message>
<message><source>No Python that suits the web UI was found</source><translation>没有找到适合该 WebUI 的 Python</translation></message>
<message><source>{webui} runs on Python {low} to {high} (64-bit), best on {best}.</source><translation>{webui} 可在 Python {low} 到 {high}（64 位）上运行，最好使用 {best}。</translation></message>
<message><source>pip is missing</source><translation>缺少 pip</translation></message>
<message><source>Nothing can be installed without it.</source><translation>没有它就无法安装任何软件包。</translation></message>
<message><source>Leftovers of an interrupted removal</source><translation>卸载中断留下的残余</translation></message>
<message><source>{names} were left when pip was interrupted or a file was in use.</source><translation>{names} 是 pip 被中断或文件被占用时留下的。</translation></message>
<message><source>The record of {package} is broken</source><translation>{package} 的安装记录已损坏</translation></message>
<message><source>{file} is missing or cannot be read, so pip can neither update nor remove the package.</source><translation>{file} 缺失或无法读取，pip 既不能更新也不能卸载该软件包。</translation></message>
<message><source>{package} is there more than once</source><translation>{package} 存在多个版本</translation></message>
<message><source>Versions {versions} are recorded; which one is used is chance.</source><translation>记录中有 {versions} 这些版本，实际使用哪个全凭运气。</translation></message>
<message><source>Files of {package} are missing</source><translation>{package} 的文件缺失</translation></message>
<message><source>{count} files are missing, {first} for one.</source><translation>缺少 {count} 个文件，例如 {first}。</translation></message>
<message><source>Files of {package} were changed</source><translation>{package} 的文件被改动过</translation></message>
<message><source>{count} files are not as they were installed, {first} for one: damaged, or changed on purpose.</source><translation>有 {count} 个文件与安装时不同，例如 {first}：可能已损坏，也可能是有意修改。</translation></message>
<message><source>torch is missing</source><translation>缺少 torch</translation></message>
<message><source>Without it nothing can be computed.</source><translation>没有它就无法进行任何计算。</translation></message>
<message><source>torch cannot use the {card}</source><translation>torch 无法使用 {card}</translation></message>
<message><source>torch {version} was built for the CPU only.</source><translation>torch {version} 是仅支持 CPU 的版本。</translation></message>
<message><source>This torch does not run on the {card}</source><translation>此 torch 无法在 {card} 上运行</translation></message>
<message><source>torch {version} has no code for this card, or needs a newer driver.</source><translation>torch {version} 不支持这块显卡，或需要更新的驱动。</translation></message>
<message><source>The driver of the {card} is too old</source><translation>{card} 的驱动过旧</translation></message>
<message><source>Driver {driver} runs none of the builds of torch that this card and web UI need. Install a newer one.</source><translation>驱动 {driver} 无法运行这块显卡和该 WebUI 所需的任何 torch 版本，请安装更新的驱动。</translation></message>
<message><source>The graphics card cannot be used</source><translation>无法使用显卡</translation></message>
<message><source>There is no build of torch for {card} that this web UI can use: pictures are made by the CPU, slowly.</source><translation>没有该 WebUI 可用的、支持 {card} 的 torch 版本：图片将由 CPU 生成，速度很慢。</translation></message>
<message><source>torchvision does not belong to this torch</source><translation>torchvision 与当前 torch 不匹配</translation></message>
<message><source>torchvision {version} was built for torch {wanted}, but {torch} is installed.</source><translation>torchvision {version} 对应 torch {wanted}，但安装的是 {torch}。</translation></message>
<message><source>xFormers does not belong to this torch</source><translation>xFormers 与当前 torch 不匹配</translation></message>
<message><source>xFormers {version} was built for torch {wanted}, but {torch} is installed.</source><translation>xFormers {version} 对应 torch {wanted}，但安装的是 {torch}。</translation></message>
<message><source>{package} is missing</source><translation>缺少 {package}</translation></message>
<message><source>The web UI asks for {wanted} ({origin}).</source><translation>WebUI 需要 {wanted}（{origin}）。</translation></message>
<message><source>{package} has another version</source><translation>{package} 的版本不符</translation></message>
<message><source>The web UI asks for {wanted} ({origin}), but {version} is installed.</source><translation>WebUI 需要 {wanted}（{origin}），但安装的是 {version}。</translation></message>
<message><source>{package} does not find what it needs</source><translation>{package} 缺少所需的依赖</translation></message>
<message><source>It needs {wanted}; installed is: {version}.</source><translation>它需要 {wanted}；当前安装的是：{version}。</translation></message>
<message><source>The SOCKS proxy cannot be used yet</source><translation>SOCKS 代理暂时无法使用</translation></message>
<message><source>{packages} are missing, without which pip and the web UI cannot speak to a SOCKS proxy.</source><translation>缺少 {packages}，没有它们 pip 和 WebUI 无法使用 SOCKS 代理。</translation></message>
<message><source>Make the environment with Python {python}</source><translation>使用 Python {python} 创建环境</translation></message>
<message><source>Make the environment anew with Python {python}; the old one goes to the trash</source><translation>使用 Python {python} 重新创建环境，旧环境移到回收站</translation></message>
<message><source>Let the environment use {python}</source><translation>让环境改用 {python}</translation></message>
<message><source>Let the scripts name the folder where they are now</source><translation>让脚本指向当前所在的文件夹</translation></message>
<message><source>Bring pip back</source><translation>恢复 pip</translation></message>
<message><source>Move to the trash: {names}</source><translation>移到回收站：{names}</translation></message>
<message><source>Install {names}</source><translation>安装 {names}</translation></message>
<message><source>Install {names} again</source><translation>重新安装 {names}</translation></message>
<message><source>Asking torch</source><translation>正在询问 torch</translation></message>
</context>
</TS>
