<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Home</source><translation>主页</translation></message>
<message><source>Create</source><translation>创作</translation></message>
<message><source>Gallery</source><translation>图库</translation></message>
<message><source>Settings</source><translation>设置</translation></message>
<message><source>Reset {name}</source><translation>重置{name}</translation></message>
<message><source>Puts the default back.</source><translation>恢复默认值。</translation></message>
<message><source>Check that the file is complete.</source><translation>请检查文件是否完整。</translation></message>
<message><source>{name} cannot be shown as a picture.</source><translation>无法把 {name} 显示为图片。</translation></message>
<message><source>Something went wrong that should not: {kind}: {reason}</source><translation>发生了不该发生的错误：{kind}：{reason}</translation></message>
<message><source>Try again; if it comes back, copy the details and report them.</source><translation>请重试；如果再次出现，请复制详情并反馈。</translation></message>
<message><source>Painting</source><translation>作画</translation></message>
<message><source>{rate} it/s</source><translation>{rate} 步/秒</translation></message>
<message><source>{seconds} s/it</source><translation>{seconds} 秒/步</translation></message>
<message><source>Details</source><translation>详情</translation></message>
<message><source>Undo</source><translation>撤销</translation></message>
<message><source>Queue</source><translation>队列</translation></message>
<message><source>Nothing found</source><translation>没有找到</translation></message>
<message><source>Check this machine again</source><translation>重新检查本机</translation></message>
<message><source>Paint a picture from words.</source><translation>用文字画一张图。</translation></message>
<message><source>Open pictures folder</source><translation>打开图片文件夹</translation></message>
<message><source>Looking…</source><translation>正在查看…</translation></message>
<message><source>The next start sets the environment up anew.</source><translation>下次启动时会重新安装运行环境。</translation></message>
<message><source>Opens {name} in the gallery.</source><translation>在图库中打开 {name}。</translation></message>
<message><source>Recent pictures</source><translation>最近的图片</translation></message>
<message><source>What shall it be today?</source><translation>今天画点什么？</translation></message>
<message><source>{count} to mend</source><translation>{count} 项需要修复</translation></message>
<message><source>Ready to paint</source><translation>可以作画</translation></message>
<message><source>Close the studio and start it.</source><translation>请关闭后重新启动。</translation></message>
<message><source>This machine</source><translation>本机环境</translation></message>
<message><source>Repair at next start</source><translation>下次启动时修复</translation></message>
<message><source>Get a driver</source><translation>获取驱动</translation></message>
<message><source>Open models folder</source><translation>打开模型文件夹</translation></message>
<message><source>Search settings</source><translation>搜索设置</translation></message>
<message><source>Try another word.</source><translation>换个词试试。</translation></message>
<message><source>Reset all</source><translation>全部重置</translation></message>
<message><source>All settings are back to their defaults.</source><translation>所有设置已恢复默认。</translation></message>
<message><source>Puts every default back; can be undone.</source><translation>恢复所有默认值；可以撤销。</translation></message>
<message><source>Appearance</source><translation>外观</translation></message>
<message><source>Saving pictures</source><translation>保存图片</translation></message>
<message><source>Memory and speed</source><translation>显存与速度</translation></message>
<message><source>Live preview</source><translation>实时预览</translation></message>
<message><source>Progress</source><translation>进度</translation></message>
<message><source>Stop</source><translation>停止</translation></message>
<message><source>{time} left</source><translation>剩余 {time}</translation></message>
<message><source>(no prompt)</source><translation>（无提示词）</translation></message>
<message><source>waiting</source><translation>等待中</translation></message>
<message><source>running</source><translation>进行中</translation></message>
<message><source>done</source><translation>已完成</translation></message>
<message><source>stopped</source><translation>已停止</translation></message>
<message><source>failed</source><translation>失败</translation></message>
<message><source>Nothing to do</source><translation>没有任务</translation></message>
<message><source>What you generate lines up here.</source><translation>你的生成任务会排在这里。</translation></message>
<message><source>Go on with what is missing</source><translation>继续未完成的部分</translation></message>
<message><source>Earlier</source><translation>提前</translation></message>
<message><source>Later</source><translation>推后</translation></message>
<message><source>Show on the Create page</source><translation>在创作页显示</translation></message>
<message><source>Duplicate</source><translation>复制一份</translation></message>
<message><source>Take off the list</source><translation>从列表移除</translation></message>
<message><source>What runs is finished; nothing else begins.</source><translation>正在进行的会完成，不再开始新的。</translation></message>
<message><source>Takes what ended off the list.</source><translation>移除已结束的任务。</translation></message>
<message><source>Clear</source><translation>清除</translation></message>
<message><source>Resume</source><translation>继续</translation></message>
<message><source>Pause</source><translation>暂停</translation></message>
<message><source>Pages</source><translation>页面</translation></message>
<message><source>Status</source><translation>状态</translation></message>
<message><source>Shows what runs and how long it still takes; a click opens the queue.</source><translation>显示正在进行的任务和剩余时间；点击打开队列。</translation></message>
<message><source>Ready</source><translation>就绪</translation></message>
<message><source>RAM {used} / {total} GB</source><translation>内存 {used} / {total} GB</translation></message>
<message><source>Remove {name}</source><translation>移除 {name}</translation></message>
<message><source>Getting ready</source><translation>正在准备</translation></message>
<message><source>Add…</source><translation>添加…</translation></message>
<message><source>Choose…</source><translation>选择…</translation></message>
<message><source>Add an entry to the list</source><translation>向列表添加一项</translation></message>
<message><source>Opens a window to choose a folder.</source><translation>打开窗口选择文件夹。</translation></message>
<message><source>Choose a folder</source><translation>选择文件夹</translation></message>
<message><source>Close</source><translation>关闭</translation></message>
<message><source>Copy</source><translation>复制</translation></message>
<message><source>Shows what a developer needs.</source><translation>显示开发者需要的信息。</translation></message>
<message><source>Copies the message and its details.</source><translation>复制消息及详情。</translation></message>
<message><source>{value}. {remedy}</source><translation>{value}。{remedy}</translation></message>
<message><source>This must be a number.</source><translation>这里必须是数字。</translation></message>
<message><source>This can be {low} to {high}; it is {value} now.</source><translation>这里可以是 {low} 到 {high}；现在是 {value}。</translation></message>
<message><source>Queue paused, {count} waiting</source><translation>队列已暂停，{count} 项在等待</translation></message>
<message><source>Folds and unfolds these values.</source><translation>折叠或展开这些选项。</translation></message>
<message><source>Shows only settings whose name or explanation has these words.</source><translation>只显示名称或说明中包含这些词的设置。</translation></message>
</context>
</TS>
