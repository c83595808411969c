"""Parameters of a picture that come from outside: recognised, read, and said in words what had no place."""

import re

LINE = re.compile(r"\bSteps: \d+, .*\b(Sampler|Size|Seed|CFG scale): ")
MOST = 200_000
FACTS = {"Version", "User", "Model hash", "VAE hash", "Lora hashes", "TI hashes", "Hashes"}


def is_parameters(text: str) -> bool:
    """Whether a text is a picture's parameters rather than a prompt: its last lines say steps and more."""
    if len(text) > MOST:
        return False
    return any(LINE.search(line) for line in text.strip().splitlines()[-3:])


def missed(leftovers: dict[str, str]) -> list[str]:
    """What of an infotext asks for something the page cannot do, a line each; facts about the picture do not."""
    return [f"{name}: {value}" if value else name for name, value in leftovers.items() if name not in FACTS]
