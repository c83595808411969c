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
</context>
</TS>
