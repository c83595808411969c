"""Mirrors that people in China use, as suggestions: the studio asks none of them unless the user chooses it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mirror:
    """`kind` is what it mirrors ("git", "pip" or "hub"), `name` who runs it."""

    kind: str
    name: str
    url: str


MIRRORS = (
    Mirror("git", "gh-proxy.com", "https://gh-proxy.com"),
    Mirror("git", "ghproxy.net", "https://ghproxy.net"),
    Mirror("git", "ghfast.top", "https://ghfast.top"),
    Mirror("pip", "清华大学 TUNA", "https://pypi.tuna.tsinghua.edu.cn/simple"),
    Mirror("pip", "阿里云", "https://mirrors.aliyun.com/pypi/simple"),
    Mirror("pip", "腾讯云", "https://mirrors.cloud.tencent.com/pypi/simple"),
    Mirror("pip", "中国科学技术大学 USTC", "https://mirrors.ustc.edu.cn/pypi/simple"),
    Mirror("hub", "HF-Mirror", "https://hf-mirror.com"),
)
