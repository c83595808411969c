"""Parameters of a picture that come from outside: recognised, read, and said in words what had no place."""

import re

LINE = re.compile(r"\bSteps: \d+, .*\b(Sampler|Size|Seed|CFG scale): ")
MOST = 200_000


def is_parameters(text: str) -> bool:
    """Whether a text is a picture's parameters rather than a prompt: its last lines say steps and more."""
    if len(text) > MOST:
        return False
    return any(LINE.search(line) for line in text.strip().splitlines()[-3:])


def shown_leftovers(leftovers: dict[str, str]) -> str:
    """What could not be taken over, a line each."""
    return "\n".join(f"{name}: {value}" if value else name for name, value in leftovers.items())
