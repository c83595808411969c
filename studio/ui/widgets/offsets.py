"""Python counts characters, Qt counts UTF-16 units: an emoji is one of the former and two of the latter."""

from bisect import bisect_left


class Offsets:
    """Places in one text, from characters to units and back."""

    def __init__(self, text: str) -> None:
        is_plain = text.isascii() or max(text, default="") <= "\uffff"
        self._wide = [] if is_plain else [at for at, letter in enumerate(text) if letter > "\uffff"]
        self._wide_units = [at + before for before, at in enumerate(self._wide)]

    def unit(self, character: int) -> int:
        """The unit at which a character begins."""
        return character + bisect_left(self._wide, character)

    def character(self, unit: int) -> int:
        """The character that begins at a unit, or that it is in the middle of."""
        return unit - bisect_left(self._wide_units, unit)
