<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>{name} lies in a folder of models already.</source><translation>{name} 已经在模型文件夹中。</translation></message>
<message><source>Look for it on the Models page.</source><translation>请在“模型”页中查找。</translation></message>
</context>
</TS>
