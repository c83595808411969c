"""Texts in the user's language: Qt translation from plain .ts files, without a compile step."""

import re
from functools import cache
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from studio.core.errors import StudioError
from studio.core.option import Option
from studio.core.paths import RESOURCES
from studio.core.sentence import Sentence

CONTEXT = "studio"
TRANSLATIONS = RESOURCES / "translations"
_installed: list[QTranslator] = []


def tr(text: str, **values: object) -> str:
    """`text` in the window's language, its `{name}` places filled with `values`, or with a Sentence's own."""
    if isinstance(text, Sentence):
        return tr(text.template, **{name: _in_words(value) for name, value in text.values.items()})
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format(**values) if values else translated


def _in_words(value: object) -> object:
    if isinstance(value, StudioError):
        return " ".join(filter(None, tr_error(value)))
    return tr(value) if isinstance(value, Sentence) else value


def tr_error(error: StudioError) -> tuple[str, str]:
    """What happened and what to do, in the window's language."""
    values = {name: tr(value) if name == "kind" else value for name, value in error.values.items()}  # type: ignore[arg-type]
    return tuple(tr(text).format(**values) if text else "" for text in (error.message, error.remedy))  # type: ignore[return-value]


def tr_option(option: Option) -> tuple[str, str]:
    """An option's title and help in the window's language."""
    return tr(option.title), tr(option.help)


def language(choice: str) -> str:
    """The language that a choice in the settings means: "auto" follows the system."""
    if choice != "auto":
        return choice
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def install(choice: str) -> None:
    """Switch the application's texts to a language; widgets made before keep their texts."""
    app = cast(QCoreApplication, QCoreApplication.instance())
    while _installed:
        app.removeTranslator(_installed.pop())
    name = language(choice)
    if name == "en":
        return
    own, qt = TableTranslator(table(name)), QTranslator()
    if qt.load(f"qtbase_{name}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        _installed.append(qt)
    _installed.append(own)
    for translator in _installed:
        app.installTranslator(translator)


@cache
def table(name: str) -> dict[str, str]:
    """All translations into a language, from every resources/translations/NAME.*.ts."""
    found: dict[str, str] = {}
    for path in sorted(TRANSLATIONS.glob(f"{name}.*.ts")):
        found |= read(path)
    return found


def read(path: Path) -> dict[str, str]:
    """The finished translations of one .ts file."""
    pairs = {}
    for message in ElementTree.parse(path).iter("message"):  # noqa: S314 - our own file
        target = message.find("translation")
        if target is not None and target.text and target.get("type") is None:
            pairs[message.findtext("source", "")] = target.text
    return pairs


def places(text: str) -> set[str]:
    """The `{name}` places of a text."""
    return set(re.findall(r"\{(\w+)[^{}|]*\}", text))


class TableTranslator(QTranslator):
    """A translator that looks texts up in a table."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def isEmpty(self) -> bool:
        """Whether there is nothing to look up."""
        return not self._texts

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str | None:  # noqa: ARG002
        """The translation of `text`, or None to ask the next translator."""
        return self._texts.get(text) if context == CONTEXT else None
