<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>{name} is none of the kinds of models that are known here.</source><translation>{name} 不是这里认识的任何一种模型。</translation></message>
<message><source>Look where you got it from.</source><translation>请查看下载它的页面。</translation></message>
<message><source>{name} is a picture without an embedding in it.</source><translation>{name} 是图片，其中没有嵌入。</translation></message>
<message><source>Choose another file.</source><translation>请选择其他文件。</translation></message>
<message><source>The embedding in {name} is broken.</source><translation>{name} 中的嵌入已损坏。</translation></message>
<message><source>{name} is no list of properties; it was not changed.</source><translation>{name} 不是属性列表，未作修改。</translation></message>
<message><source>Mend it or move it away.</source><translation>请修正它或把它移走。</translation></message>
<message><source>{path} lies on another disk than {kept}, so that they cannot be one file.</source><translation>{path} 与 {kept} 不在同一磁盘上，无法合为一个文件。</translation></message>
<message><source>Move the copy to the trash instead.</source><translation>可改为把副本移到回收站。</translation></message>
<message><source>{path} is there already.</source><translation>{path} 已经存在。</translation></message>
<message><source>Rename one of the two first.</source><translation>请先重命名其中一个。</translation></message>
<message><source>{wanted} MiB would be copied to {path}, but only {free} MiB are free there.</source><translation>需要复制 {wanted} MiB 到 {path}，但那里只剩 {free} MiB。</translation></message>
<message><source>{path} is not a copy of {kept} any more.</source><translation>{path} 已不再是 {kept} 的副本。</translation></message>
<message><source>{name} is there {count} times.</source><translation>{name} 有 {count} 份相同的文件。</translation></message>
<message><source>Keep one: make the others links of it or move them to the trash.</source><translation>保留一份：其余的可改为它的硬链接，或移到回收站。</translation></message>
<message><source>{name} says that it is for {told}, but its tensors are {base}.</source><translation>{name} 自称适用于 {told}，但其张量属于 {base}。</translation></message>
<message><source>Use it with {base} models.</source><translation>请与 {base} 模型一起使用。</translation></message>
<message><source>{name} holds more than tensors.</source><translation>{name} 中不只有张量。</translation></message>
<message><source>Use it only if you trust where it comes from.</source><translation>只有信任其来源时才使用。</translation></message>
<message><source>{name} is {kind} but lies in {folder}.</source><translation>{name} 是 {kind}，却放在 {folder} 中。</translation></message>
<message><source>Move it to {target}.</source><translation>把它移到 {target}。</translation></message>
<message><source>Moving files …</source><translation>正在移动文件……</translation></message>
<message><source>Reading models …</source><translation>正在读取模型……</translation></message>
<message><source>{path} does not exist.</source><translation>{path} 不存在。</translation></message>
</context>
</TS>
