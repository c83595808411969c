<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Home</source><translation>主页</translation></message>
<message><source>Create</source><translation>创作</translation></message>
<message><source>Gallery</source><translation>图库</translation></message>
<message><source>Settings</source><translation>设置</translation></message>
</context>
</TS>
