<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Downloads at once</source><translation>同时下载数</translation></message>
<message><source>How many models are downloaded at the same time; more is seldom faster.</source><translation>同时下载多少个模型；更多很少会更快。</translation></message>
<message><source>Previews for adults</source><translation>成人预览图</translation></message>
<message><source>Shows, and saves with models, preview pictures that their site marks as being for adults.</source><translation>显示并随模型保存被网站标为成人内容的预览图。</translation></message>
<message><source>{host} refused the download (error {status}).</source><translation>{host} 拒绝了下载（错误 {status}）。</translation></message>
<message><source>Look at its page.</source><translation>请查看它的页面。</translation></message>
<message><source>{label} does not give this file to you.</source><translation>{label} 不向你提供此文件。</translation></message>
<message><source>It may be in early access or need its terms accepted: look at its page.</source><translation>它可能处于抢先体验阶段，或需要接受其条款：请查看它的页面。</translation></message>
<message><source>This version is in early access.</source><translation>此版本处于抢先体验阶段。</translation></message>
<message><source>Wait until it is free, or take an earlier version.</source><translation>请等到它免费开放，或选用较早的版本。</translation></message>
<message><source>{host} sent a web page instead of the model.</source><translation>{host} 发来的是网页而不是模型。</translation></message>
<message><source>Open the address in your browser: it may need a login, or be no link to a file.</source><translation>请用浏览器打开此地址：它可能需要登录，或者不是文件链接。</translation></message>
<message><source>{host} does not have this file.</source><translation>{host} 上没有此文件。</translation></message>
<message><source>It was removed or renamed; look at its page.</source><translation>它已被删除或改名；请查看它的页面。</translation></message>
<message><source>{host} may not offer this file where you are.</source><translation>{host} 不能在你所在的地区提供此文件。</translation></message>
<message><source>Look for it elsewhere.</source><translation>请在别处寻找。</translation></message>
<message><source>The proxy wants a name and a password.</source><translation>代理需要用户名和密码。</translation></message>
<message><source>Write them into its address in the settings.</source><translation>请把它们写进设置中的代理地址。</translation></message>
<message><source>{host} does not give this file to everybody.</source><translation>{host} 不向所有人提供此文件。</translation></message>
<message><source>Download it with your browser.</source><translation>请用浏览器下载。</translation></message>
<message><source>The mirror {host} does not give this file without a token, and it gets none.</source><translation>镜像 {host} 要求令牌才提供此文件，而令牌不会发给镜像。</translation></message>
<message><source>Take the mirror out of the settings for this file.</source><translation>下载此文件时请在设置中去掉镜像。</translation></message>
<message><source>{label} gives this file only to its users.</source><translation>{label} 只向登录用户提供此文件。</translation></message>
<message><source>Make a token at {page} and enter it here.</source><translation>请在 {page} 创建令牌并在此输入。</translation></message>
<message><source>You have not been let in to this repository yet.</source><translation>你还没有获得此仓库的访问许可。</translation></message>
<message><source>Accept its terms on its page at {host}.</source><translation>请在 {host} 的页面上接受其条款。</translation></message>
<message><source>{label} does not accept the token.</source><translation>{label} 不接受此令牌。</translation></message>
<message><source>Make a new one at {page} and enter it here.</source><translation>请在 {page} 创建新令牌并在此输入。</translation></message>
<message><source>It is free from {until} on.</source><translation>它从 {until} 起免费开放。</translation></message>
<message><source>{host} had too many requests from here.</source><translation>这里向 {host} 发出的请求过多。</translation></message>
<message><source>Try again in some minutes.</source><translation>请几分钟后重试。</translation></message>
<message><source>{host} has trouble (error {status}).</source><translation>{host} 出现故障（错误 {status}）。</translation></message>
<message><source>Try again later.</source><translation>请稍后重试。</translation></message>
<message><source>{title} has no files to download.</source><translation>{title} 没有可下载的文件。</translation></message>
<message><source>{title} has {count} model files; which one do you want?</source><translation>{title} 有 {count} 个模型文件；您要哪一个？</translation></message>
<message><source>Give its path too, like {example}, or choose it in the search.</source><translation>请同时给出文件路径，例如 {example}，或在搜索中选择。</translation></message>
<message><source>Look at its page: {page}</source><translation>请查看它的页面：{page}</translation></message>
<message><source>{host} has another file there by now.</source><translation>{host} 上的文件已经换了。</translation></message>
<message><source>Try again.</source><translation>请重试。</translation></message>
<message><source>Waiting for the server …</source><translation>正在等待服务器…</translation></message>
<message><source>The file ended too early.</source><translation>文件提前结束了。</translation></message>
<message><source>The server sends hardly anything.</source><translation>服务器几乎不发送数据。</translation></message>
<message><source>Try again later, or set a proxy or a mirror.</source><translation>请稍后重试，或设置代理或镜像。</translation></message>
<message><source>“{text}” is no link to a model.</source><translation>“{text}”不是模型链接。</translation></message>
<message><source>Paste the address of a model's page or file.</source><translation>请粘贴模型页面或文件的地址。</translation></message>
<message><source>This page of Civitai is not that of a model.</source><translation>这个 Civitai 页面不是模型页面。</translation></message>
<message><source>Open the model's page and copy its address.</source><translation>请打开模型页面并复制其地址。</translation></message>
<message><source>This page of Hugging Face is not that of a model.</source><translation>这个 Hugging Face 页面不是模型页面。</translation></message>
<message><source>The preview picture could not be loaded.</source><translation>预览图无法加载。</translation></message>
<message><source>This download is not on the list any more.</source><translation>此下载已不在列表中。</translation></message>
<message><source>The downloads need {needed} GB, but {folder} has only {free} GB free.</source><translation>下载需要 {needed} GB，但 {folder} 只剩 {free} GB。</translation></message>
<message><source>Free some space, or take downloads off the list.</source><translation>请腾出空间，或从列表中移除一些下载。</translation></message>
<message><source>Another window of this studio is downloading.</source><translation>本程序的另一个窗口正在下载。</translation></message>
<message><source>It takes care of the list.</source><translation>它会处理列表中的下载。</translation></message>
<message><source>This is not a token.</source><translation>这不是令牌。</translation></message>
<message><source>Copy it from {page}.</source><translation>请从 {page} 复制。</translation></message>
<message><source>What came is not the file that was announced: its hash is another.</source><translation>收到的不是所声明的文件：哈希值不同。</translation></message>
<message><source>Try again later, or look elsewhere.</source><translation>请稍后重试，或在别处寻找。</translation></message>
<message><source>{name} is not a model file.</source><translation>{name} 不是模型文件。</translation></message>
<message><source>Choose one that ends with {ends}.</source><translation>请选择以 {ends} 结尾的文件。</translation></message>
<message><source>The connection to {host} broke.</source><translation>与 {host} 的连接中断。</translation></message>
<message><source>Check the network, or set a proxy or a mirror.</source><translation>请检查网络，或设置代理或镜像。</translation></message>
<message><source>{host} sends from one address to the next without end.</source><translation>{host} 的地址跳转没有尽头。</translation></message>
<message><source>{url} is no address on the web.</source><translation>{url} 不是网络地址。</translation></message>
<message><source>It begins with https://.</source><translation>它应以 https:// 开头。</translation></message>
<message><source>The address has a password in it, which would be saved.</source><translation>地址中含有密码，它会被保存下来。</translation></message>
<message><source>Take it out, or use your browser.</source><translation>请去掉它，或用浏览器下载。</translation></message>
<message><source>{host} sends to an address that anyone could change.</source><translation>{host} 跳转到了可被他人篡改的地址。</translation></message>
<message><source>Look for the file elsewhere.</source><translation>请在别处寻找此文件。</translation></message>
<message><source>{host} could not prove who it is.</source><translation>{host} 无法证明自己的身份。</translation></message>
<message><source>Check the clock of this computer and what stands between: a proxy, a virus scanner.</source><translation>请检查本机时钟，以及中间的代理或杀毒软件。</translation></message>
<message><source>The proxy does not answer.</source><translation>代理没有响应。</translation></message>
<message><source>Check that it runs, or change it in the settings.</source><translation>请确认它在运行，或在设置中更改。</translation></message>
<message><source>{host} does not answer.</source><translation>{host} 没有响应。</translation></message>
<message><source>{host} sent more than was asked for.</source><translation>{host} 发来的内容超出了请求。</translation></message>
<message><source>{host} sends to an address that is none.</source><translation>{host} 跳转到了无效的地址。</translation></message>
<message><source>The proxy {proxy} cannot be used.</source><translation>代理 {proxy} 无法使用。</translation></message>
<message><source>Look at its address in the settings.</source><translation>请检查设置中的代理地址。</translation></message>
<message><source>This system has no keyring to keep a token in.</source><translation>此系统没有可保存令牌的密钥环。</translation></message>
<message><source>Give it in the environment instead: {variable}.</source><translation>请改用环境变量提供：{variable}。</translation></message>
<message><source>The keyring did not take the token.</source><translation>密钥环没有接受令牌。</translation></message>
<message><source>Unlock it and try again.</source><translation>请解锁后重试。</translation></message>
<message><source>{name} is on the list of downloads.</source><translation>{name} 已加入下载列表。</translation></message>
<message><source>The token is in the system's keyring.</source><translation>令牌已保存在系统密钥环中。</translation></message>
<message><source>The token is used until you close.</source><translation>令牌将使用到关闭窗口为止。</translation></message>
<message><source>Downloading</source><translation>正在下载</translation></message>
<message><source>{name} was downloaded.</source><translation>{name} 已下载。</translation></message>
<message><source>Go on</source><translation>继续</translation></message>
<message><source>Try again</source><translation>重试</translation></message>
<message><source>Show the model</source><translation>显示模型</translation></message>
<message><source>Open its page in the browser</source><translation>在浏览器中打开页面</translation></message>
<message><source>paused</source><translation>已暂停</translation></message>
<message><source>Which version of the model is downloaded.</source><translation>下载模型的哪个版本。</translation></message>
<message><source>Which of the version's files is downloaded.</source><translation>下载该版本的哪个文件。</translation></message>
<message><source>Download</source><translation>下载</translation></message>
<message><source>What its maker says about the model.</source><translation>作者对模型的说明。</translation></message>
<message><source>It is put into the folder for models of its kind.</source><translation>文件会放进对应类型的模型文件夹。</translation></message>
<message><source>In early access until {day}.</source><translation>抢先体验至 {day}。</translation></message>
<message><source>Looking for its files …</source><translation>正在查找文件…</translation></message>
<message><source>It has no files to download.</source><translation>没有可下载的文件。</translation></message>
<message><source>Its site tells no hash; only the header can be checked.</source><translation>网站没有提供哈希值；只能检查文件头。</translation></message>
<message><source>What was found</source><translation>搜索结果</translation></message>
<message><source>Choose a model to see its versions and files.</source><translation>选择模型以查看其版本和文件。</translation></message>
<message><source>Token</source><translation>令牌</translation></message>
<message><source>It is kept in the system's keyring, or only until you close the window without one.</source><translation>保存在系统密钥环中；没有密钥环时只用到关闭窗口为止。</translation></message>
<message><source>Use this token</source><translation>使用此令牌</translation></message>
<message><source>Where do I get one?</source><translation>在哪里获取？</translation></message>
<message><source>{site} wants to know who downloads.</source><translation>{site} 需要知道下载者的身份。</translation></message>
<message><source>Downloads</source><translation>下载</translation></message>
<message><source>Link, owner/repository/file or Civitai number</source><translation>链接、作者/仓库/文件 或 Civitai 编号</translation></message>
<message><source>What to download</source><translation>要下载的内容</translation></message>
<message><source>Paste the address of a model; it is put into the folder for models of its kind.</source><translation>粘贴模型地址；文件会放进对应类型的模型文件夹。</translation></message>
<message><source>Pause all</source><translation>全部暂停</translation></message>
<message><source>Resume all</source><translation>全部继续</translation></message>
<message><source>No downloads</source><translation>没有下载</translation></message>
<message><source>Paste a link above, or search for models.</source><translation>请在上方粘贴链接，或搜索模型。</translation></message>
<message><source>What waited for the token then goes on.</source><translation>等待令牌的下载随后会继续。</translation></message>
<message><source>Opens the site in the browser.</source><translation>在浏览器中打开网站。</translation></message>
<message><source>Puts it on the list and begins.</source><translation>加入列表并开始下载。</translation></message>
<message><source>Everything rests; nothing is lost.</source><translation>全部停下；不会丢失任何内容。</translation></message>
<message><source>Goes on where each stopped.</source><translation>从各自停下的地方继续。</translation></message>
<message><source>Takes what is done off the list.</source><translation>从列表中移除已完成的下载。</translation></message>
<message><source>Search the sites</source><translation>搜索网站</translation></message>
<message><source>What are you looking for?</source><translation>你在找什么？</translation></message>
<message><source>Searches the names of models on the site.</source><translation>按名称搜索网站上的模型。</translation></message>
<message><source>Also for adults</source><translation>包括成人内容</translation></message>
<message><source>Finds and shows what its site marks as being for adults.</source><translation>查找并显示被网站标为成人的内容。</translation></message>
<message><source>Find models</source><translation>查找模型</translation></message>
<message><source>Search Civitai or Hugging Face.</source><translation>搜索 Civitai 或 Hugging Face。</translation></message>
<message><source>Try other words or fewer filters.</source><translation>请换用其他词语或减少筛选条件。</translation></message>
<message><source>Searching …</source><translation>正在搜索…</translation></message>
<message><source>Asks the site.</source><translation>向网站查询。</translation></message>
<message><source>Site</source><translation>网站</translation></message>
<message><source>Where to look for models.</source><translation>在哪里查找模型。</translation></message>
<message><source>Since</source><translation>时间</translation></message>
<message><source>Shows only what is as new as that.</source><translation>只显示这么新的内容。</translation></message>
<message><source>This year</source><translation>今年</translation></message>
<message><source>This month</source><translation>本月</translation></message>
<message><source>This week</source><translation>本周</translation></message>
<message><source>Today</source><translation>今天</translation></message>
<message><source>Most downloaded</source><translation>下载最多</translation></message>
<message><source>Best liked</source><translation>最受欢迎</translation></message>
<message><source>Get models</source><translation>获取模型</translation></message>
<message><source>Searches Civitai and Hugging Face, and downloads links.</source><translation>搜索 Civitai 和 Hugging Face，并下载链接。</translation></message>
<message><source>Your models</source><translation>我的模型</translation></message>
<message><source>Back to the models in your folders.</source><translation>回到文件夹中的模型。</translation></message>
</context>
</TS>
