"""Wildcards: drawn by seed, from files below one folder only."""

import os
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.wildcards import has_wildcards, names, resolve

PARTS = [
    "{",
    "}",
    "|",
    "{a|b}",
    "{2$$a|b|c}",
    "{1-3$$ and $$",
    "0.5::",
    "__c__",
    "__no__",
    "[",
    "]",
    "$$",
    "\\",
    "猫",
    " ",
]
TEMPLATES = st.text(max_size=40) | st.lists(st.sampled_from(PARTS), max_size=20).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("outside") / "my 通配符"
    for name, text in {
        "c": "\ufeff# colours\n\nred\n  blue  \n",
        "sub/n": "one __c__\ntwo {x|y}\n",
        "sub/deep/m": "three",
        "颜色": "红",
        "loop": "x __loop__ __loop__",
        "rare": "0::never\n3::always\n",
        "empty": "# nothing\n",
        "many": "\n".join(map(str, range(100))),
    }.items():
        path = top / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (top.parent / "secret.txt").write_text("secret", "utf-8")
    return top


def drawn(template: str, folder: Path, seeds: int = 200) -> Counter[str]:
    return Counter(resolve(template, seed, folder).text for seed in range(seeds))


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("__c__", {"red", "blue"}),
        ("__颜色__", {"红"}),
        ("__sub/n__!", {"one red!", "one blue!", "two x!", "two y!"}),
        ("__sub/*__", {"one red", "one blue", "two x", "two y", "three"}),
        ("__s*m__", {"three"}),
        ("__rare__", {"always"}),
        ("{a|b}", {"a", "b"}),
        ("{a|}", {"a", ""}),
        ("{{a|b} c|d}", {"a c", "b c", "d"}),
        ("{2$$a|b|c}", {"a, b", "b, a", "a, c", "c, a", "b, c", "c, b"}),
        ("{2$$ and $$a|b}", {"a and b", "b and a"}),
        ("{0-1$$a|b}", {"", "a", "b"}),
        ("{1-9$$-$$a|b}", {"a", "b", "a-b", "b-a"}),
        ("{2-$$a|b}", {"a, b", "b, a"}),
        ("{2$$__c__}", {"red, blue", "blue, red"}),
        ("[{2$$|$$a|b}]", {"[a|b]", "[b|a]"}),
        ("{0::a|1::b}", {"b"}),
        ("{0::a|0::b}", {"a", "b"}),
        ("{[a|b]|c}", {"[a|b]", "c"}),
        ("{a}", {"{a}"}),
        ("{prompt}", {"{prompt}"}),
        ("{{prompt}|x}", {"{prompt}", "x"}),
        ("\\{a|b\\}", {"\\{a|b\\}"}),
        ("{a|b", {"{a|b"}),
        ("a|b}", {"a|b}"}),
        ("snake_case __init", {"snake_case __init"}),
    ],
)
def test_what_can_be_drawn(template: str, texts: set[str], folder: Path) -> None:
    assert set(drawn(template, folder)) == texts


def test_draws_follow_the_weights(folder: Path) -> None:
    assert 0.65 < drawn("{0.7::a|0.3::b}", folder, 2000)["a"] / 2000 < 0.75
    firsts = Counter(resolve("{2$$3::a|1|1|1}", seed, folder).text[0] for seed in range(2000))
    assert 0.45 < firsts["a"] / 2000 < 0.55
    assert len(drawn("__many__", folder, 2000)) == 100


def test_the_seed_decides(folder: Path) -> None:
    assert resolve("__many__ {a|b} {2$$1|2|3}", 42, folder) == resolve("__many__ {a|b} {2$$1|2|3}", 42, folder)
    assert [resolve("__many__ {3$$, $$1|2|3|4}", seed, folder).text for seed in range(3)] == [
        "84 2, 4, 1",
        "13 2, 4, 3",
        "95 1, 2, 4",
    ]


def test_names_without_lines_stay_and_are_named(folder: Path) -> None:
    resolved = resolve("__no__ __c__ __empty__ __no__ __x*__ {2$$__nor__}", 1, folder)
    assert resolved.text.replace("red", "C").replace("blue", "C") == "__no__ C __empty__ __no__ __x*__ __nor__"
    assert resolved.missing == ("no", "empty", "x*", "nor")
    assert resolve("__c__", 1, folder / "nowhere").missing == ("c",)


@pytest.mark.parametrize(
    "name", ["../secret", "sub/../../secret", "/etc/hosts", "..", ".", "/", "c.txt", "link", "ring", "x" * 300]
)
def test_no_name_leads_outside(name: str, folder: Path) -> None:
    for link, target in (("link", folder.parent / "secret.txt"), ("ring", folder / "ring.txt")):
        if not (folder / f"{link}.txt").is_symlink():
            (folder / f"{link}.txt").symlink_to(target)
    resolved = resolve(f"__{name}__", 1, folder)
    assert resolved.text == f"__{name}__"
    assert resolved.missing == (name,)
    assert "secret" not in "".join(drawn("__*__ __l*__", folder, 30))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_folders_in_a_circle_and_pipes_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "a.txt").write_text("a", "utf-8")
    os.mkfifo(tmp_path / "pipe.txt")
    assert set(drawn("__*__", tmp_path, 10)) == {"a"}
    assert resolve("__pipe__", 1, tmp_path).missing == ("pipe",)
    assert names(tmp_path) == ["a", "pipe"]


def test_names_in_order(folder: Path) -> None:
    assert [name for name in names(folder) if name not in ("link", "ring")] == sorted(
        ["c", "sub/n", "sub/deep/m", "颜色", "loop", "rare", "empty", "many"]
    )


def test_lines_that_name_each_other_end(folder: Path) -> None:
    resolved = resolve("__loop__", 1, folder)
    assert resolved.missing == ("loop",)
    assert len(resolved.text) < 1_000_000


@given(TEMPLATES, st.integers())
def test_whatever_is_typed(folder: Path, template: str, seed: int) -> None:
    resolved = resolve(template, seed, folder)
    assert resolve(template, seed, folder) == resolved
    if not has_wildcards(template):
        assert resolved.text == template


@pytest.mark.parametrize("unit", ["{", "}", "|", "{a|", "__", "_", "__a ", "{2$$", "\\", "{[", "__c__", "{a|b}", "[|"])
def test_long_templates_take_no_time(unit: str, folder: Path) -> None:
    template = (unit * 50_000)[:50_000]
    start = time.process_time()
    resolve(template, 1, folder)
    resolve("{a|" * 10_000 + "b" + "}" * 10_000, 1, folder)
    assert time.process_time() - start < 3  # quadratic work would take minutes
