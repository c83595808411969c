"""Every text the user may see has a Chinese translation with the same places; none is left over."""

import importlib.util
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication

from studio.core.errors import FileProblem, UnknownName
from studio.core.option import options
from studio.core.request import GenerateRequest
from studio.core.sentence import Sentence
from studio.ui import translate
from studio.ui.translate import tr, tr_error, tr_option

FILES = sorted(translate.TRANSLATIONS.glob("*.ts"))


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """tests/translations.py, which finds the program's texts."""
    spec = importlib.util.spec_from_file_location("translations", Path(__file__).parents[1] / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_is_missing(program: ModuleType) -> None:
    assert program.missing("zh_CN") == {}


def test_nothing_is_stale(program: ModuleType) -> None:
    assert program.stale("zh_CN") == []


def test_the_search_for_texts_finds_what_is_there(program: ModuleType) -> None:
    found = program.texts()
    for text in ("Home", "Sampling method", "The disk is full; {path} was not written.", "Pause", "running", "Models"):
        assert text in found


def test_places_are_the_same() -> None:
    for source, target in translate.table("zh_CN").items():
        assert translate.places(source) == translate.places(target), source


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_well_formed_and_say_each_text_once(path: Path) -> None:
    sources = [message.findtext("source", "") for message in ElementTree.parse(path).iter("message")]  # noqa: S314
    assert sources
    assert len(sources) == len(set(sources))


def test_texts_follow_the_language_at_once() -> None:
    assert tr("Home") == "Home"
    translate.install("zh_CN")
    assert tr("Home") == "主页"
    assert tr("Reset {name}", name="宽度") == "重置宽度"
    assert tr("There is no such text {here}") == "There is no such text {here}"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
    translate.install("en")
    assert tr("Home") == "Home"


def test_errors_and_options_are_translated_with_their_values() -> None:
    translate.install("zh_CN")
    assert tr_error(UnknownName("sampler", "Eular", ["Euler"])) == (
        "没有名为“Eular”的采样方法。",
        "是否想用：Euler？",
    )
    path = Path("/x/画.png")
    assert tr_error(FileProblem(path, "{name} holds no parameters."))[0] == "画.png 中没有生成参数。"
    steps = next(option for option in options(GenerateRequest) if option.name == "steps")
    assert tr_option(steps)[0] == "迭代步数"


def test_what_work_tells_is_translated_with_what_is_in_it() -> None:
    error = FileProblem("a.pt", "{name} is empty.")
    inner = Sentence("the VAE works in tiles")
    told = [
        Sentence("The network {name} was not applied: {error}", name="{x}", error=error),
        Sentence("Memory ran out, so {change}.", change=inner),
    ]
    assert [tr(one) for one in told] == list(told)
    translate.install("zh_CN")
    assert "网络 {x} 未应用：" in tr(told[0])
    assert tr(told[1]) == "内存不足，因此VAE 改为分块处理。"


def test_help_with_braces_is_left_alone() -> None:
    wildcards = next(option for option in options(GenerateRequest) if option.name == "wildcards")
    assert "{a|b}" in tr_option(wildcards)[1]
