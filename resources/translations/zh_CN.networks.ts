<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
<name>studio</name>
<message><source>Networks kept in memory</source><translation>内存中保留的附加网络</translation></message>
<message><source>How many GiB of weights that LoRAs changed stay in RAM, so that the same ones cost nothing the next time.</source><translation>内存中保留多少 GiB 被 LoRA 修改过的权重，下次使用相同的 LoRA 时无需重新计算。</translation></message>
<message><source>How networks act</source><translation>附加网络的作用方式</translation></message>
<message><source>patched changes the weights once and is fastest; on the fly needs less memory and rounds nothing, but each step takes longer.</source><translation>“合并权重”只修改一次权重，速度最快；“实时叠加”占用内存更少且没有舍入误差，但每一步更慢。</translation></message>
<message><source>patched</source><translation>合并权重</translation></message>
<message><source>on the fly</source><translation>实时叠加</translation></message>
<message><source>The network {name} was not applied: there is no such file in models/Lora.</source><translation>网络 {name} 未应用：models/Lora 中没有这个文件。</translation></message>
<message><source>The network {name} was not applied: there is no such file in models/Lora. Did you mean {close}?</source><translation>网络 {name} 未应用：models/Lora 中没有这个文件。您是指 {close} 吗？</translation></message>
<message><source>The network {name} was not applied: none of its {total} keys fit this model.</source><translation>网络 {name} 未应用：它的 {total} 个键没有一个适合此模型。</translation></message>
<message><source>The network {name} was not applied: it was made for {base}, the model is {family}.</source><translation>网络 {name} 未应用：它为 {base} 制作，而当前模型是 {family}。</translation></message>
<message><source>The network {name} was not applied: {error}</source><translation>网络 {name} 未应用：{error}</translation></message>
<message><source>Of the network {name}, {matched} of {total} keys fit this model; only those act.</source><translation>网络 {name} 的 {total} 个键中有 {matched} 个适合此模型，只有这些生效。</translation></message>
<message><source>The hypernetwork {name} was not applied: hypernetworks are not supported.</source><translation>超网络 {name} 未应用：不支持超网络。</translation></message>
<message><source>{tag} was left out: there are no networks of the kind {kind}.</source><translation>已忽略 {tag}：没有 {kind} 这一类网络。</translation></message>
<message><source>The embedding {name} was not used: {error}</source><translation>嵌入 {name} 未使用：{error}</translation></message>
<message><source>The embedding {name} was not used, its name is read as plain words: it was made for another model.</source><translation>嵌入 {name} 未使用，其名称按普通词语读取：它为其他模型制作。</translation></message>
<message><source>The embedding {name} was not used, its name is read as plain words: it was made for {base}, the model is {family}.</source><translation>嵌入 {name} 未使用，其名称按普通词语读取：它为 {base} 制作，而当前模型是 {family}。</translation></message>
</context>
</TS>
