"""Sizes of files as people say them."""

GB = 1e9


def size_of(count: int) -> str:
    """Bytes as GB, MB or KB."""
    if count >= GB / 10:
        return f"{count / GB:.2f} GB"
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} KB"
