<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>WebUI</source><translation>WebUI</translation></message>
<message><source>Web UI</source><translation>网页界面</translation></message>
<message><source>Which of your web UIs this page is about.</source><translation>此页显示哪一个网页界面。</translation></message>
<message><source>Parts of this page</source><translation>本页的各部分</translation></message>
<message><source>Chooses a part of this page.</source><translation>选择本页的一个部分。</translation></message>
<message><source>Start and stop the web UI, and choose how.</source><translation>启动和停止网页界面，并选择启动方式。</translation></message>
<message><source>Console</source><translation>控制台</translation></message>
<message><source>What the web UI writes while it runs.</source><translation>网页界面运行时输出的内容。</translation></message>
<message><source>Troubleshooting</source><translation>疑难解答</translation></message>
<message><source>What went wrong and what mends it.</source><translation>出了什么问题，怎样修复。</translation></message>
<message><source>Web UIs</source><translation>安装管理</translation></message>
<message><source>Install, adopt and remove web UIs.</source><translation>安装、接管和移除网页界面。</translation></message>
</context>
</TS>
