"""Sentences that work tells while it goes on: English at hand, and in parts that the window translates."""


class Sentence(str):
    """A filled `template`, usable as any text; `values` fill its `{name}` places.

    Sentences and errors among the values are said in the window's language, too.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> "Sentence":
        """`template` with its places filled."""
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        return (self.template,), self.values  # a copy is made of the parts; the filled text may have braces of its own
