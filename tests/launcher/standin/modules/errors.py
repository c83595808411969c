"""How the stand-in tells of a fault that it survives."""

import sys


def report(message: str, details: str = "") -> None:
    for line in message.splitlines():
        print("***", line, file=sys.stderr)
    if details:
        print("\n".join(f"    {line}" for line in details.rstrip().splitlines()), file=sys.stderr)
        print("---", file=sys.stderr)
