"""Every rule finds its fault in a real-looking log and leaves a look-alike alone; no text is too odd or too long."""

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.catalog.fixes import FIXES
from studio.catalog.rules import Rule, literal, rules, verifications
from studio.launcher import log_text
from studio.launcher.diagnose import Diagnoser, diagnose, explain
from studio.launcher.diagnosis import outcome
from studio.launcher.facts import Facts
from studio.launcher.tracebacks import TracebackReader

LOGS = Path(__file__).parents[1] / "data" / "launcher" / "logs"
FILES = sorted(LOGS.glob("*.txt"))
# What some rules have to know beside the log.
FACTS = {
    "torch-no-gpu-cpu-build": Facts(torch="2.1.2+cpu", vendor="NVIDIA"),
    "torch-no-gpu-amd": Facts(vendor="AMD"),
    "silent-end": Facts(exit_code=1),
}
# The rules of the reference by number, and those that answer for them.
NUMBERED = {
    1: ("sd-repo-gone", "sd-repo-asks"), 2: ("clip-build",), 3: ("setuptools-too-new",),
    4: ("torch-no-gpu", "torch-no-gpu-cpu-build", "torch-no-gpu-amd"),
    5: ("no-kernel", "no-kernel-new-card", "no-kernel-old-card"), 6: ("driver-too-old",), 7: ("xformers-mismatch",),
    8: ("xformers-no-operator",), 9: ("xformers-missing",),
    10: ("vram-shortage", "vram-fragmented", "vram-other-process", "vram-huge-request", "vram-unknown"),
    11: ("nan-vae",), 12: ("nan-unet",), 13: ("model-damaged",),
    14: ("pickle-damaged", "pickle-new-layout", "pickle-forbidden", "pickle-blocked"), 15: ("weights-only",),
    16: ("half-on-cpu",), 17: ("no-model",), 18: ("no-checkpoint",), 19: ("families-mixed",), 20: ("sizes-differ",),
    21: ("tokenizer-unreachable",), 22: ("localhost-proxy", "localhost-pydantic"),
    23: ("port-taken", "port-forbidden"), 24: ("httpx-socket-options",), 25: ("functional-tensor",), 26: ("numpy-2",),
    27: ("protobuf",), 28: ("pydantic-2",), 29: ("gradio-version",),
    30: ("torch-32bit", "torch-python", "torch-no-wheel", "torch-no-wheel-new-python"), 31: ("venv-moved",),
    32: ("python-store-stub",), 33: ("pip-missing",), 34: ("leftovers", "file-in-use"),
    35: ("damaged-wheel", "damaged-archive"), 36: ("antivirus-took-pip",), 37: ("ram-page-file",),
    38: ("dll-missing",), 39: ("needs-compiler",), 40: ("dubious-ownership",), 41: ("changed-files",),
    42: ("git-transfer",), 43: ("half-clone",), 44: ("not-git",), 45: ("bad-config", "bad-ui-config", "bad-cache"),
    46: ("bad-encoding", "damaged-metadata"), 47: ("extension-access",), 48: ("hip-no-binary",),
    49: ("vram-directml",), 50: ("extension-install", "extension-script", "unknown-in-extension"),
    51: ("extension-dead",), 52: ("network", "proxy-scheme", "proxy-dead"), 53: ("transformers-import",),
    54: ("native-crash", "silent-end"), 55: ("dot-folder",), 56: ("network-refused",), 57: ("git-non-ascii",),
}  # fmt: skip


def log(name: str) -> str:
    return (LOGS / f"{name}.txt").read_text("utf-8")


def rules_of(text: str, facts: Facts | None = None) -> list[str]:
    return [each.rule for each in diagnose(text, facts)]


@pytest.mark.parametrize("path", [path for path in FILES if ".not" not in path.name], ids=lambda path: path.stem)
def test_the_fault_is_found_and_ranked_first(path: Path) -> None:
    rule = path.name.split(".")[0]
    found = diagnose(path.read_text("utf-8"), FACTS.get(rule))
    assert found
    first = found[0]
    assert first.rule == rule
    assert first.evidence
    for text in (first.cause, first.todo, first.avoid, first.verify):
        assert text.en
        assert text.zh
        assert "{" not in text.en
    json.dumps(first.as_json())


@pytest.mark.parametrize("path", [path for path in FILES if ".not" in path.name], ids=lambda path: path.stem)
def test_what_looks_alike_is_left_alone(path: Path) -> None:
    assert path.name.split(".")[0] not in rules_of(path.read_text("utf-8"))


def test_every_rule_has_both_kinds_of_log() -> None:
    ids = {rule.id for rule in rules()}
    assert {path.name.split(".")[0] for path in FILES if ".not" not in path.name} == ids
    assert {path.name.split(".")[0] for path in FILES if ".not" in path.name} == ids


def test_every_numbered_rule_is_there() -> None:
    assert sorted(NUMBERED) == list(range(1, 58))
    assert {name for names in NUMBERED.values() for name in names} <= {rule.id for rule in rules()}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_rows_are_whole(rule: Rule) -> None:
    assert rule.verify in verifications()
    assert set(rule.explains) <= {each.id for each in rules()} - {rule.id}
    assert all(re.search(r"[\u4e00-\u9fff]", text.zh) for text in (rule.cause, rule.todo, rule.avoid))
    for text in (rule.cause, rule.todo, rule.avoid):
        assert places(text.en) == places(text.zh)


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_ids_are_unique_and_every_fix_is_used() -> None:
    ids = [rule.id for rule in rules()]
    assert len(ids) == len(set(ids))
    assert {call.fix for rule in rules() for call in rule.fixes} <= {fix.id for fix in FIXES}


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("abc", "abc"),
        (r"a{1,3}bcd", "bcd"),
        (r"(?:x|y) out of memory", " out of memory"),
        (r"one|other", ""),
        (r"\[WinError (?:5|32)\].{0,9}site-packages", "site-packages"),
        (r"[^]a]{1,2}rest", "rest"),
        (r"colou?r is it", "r is it"),
    ],
)
def test_the_text_that_a_pattern_needs(pattern: str, needed: str) -> None:
    assert literal(pattern) == needed


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.patterns], ids=lambda rule: rule.id)
def test_patterns_are_quick_on_hostile_lines(rule: Rule) -> None:
    for pattern in (*rule.patterns, *rule.near, *rule.unless):
        needed, compiled = literal(pattern), re.compile(pattern)
        for junk in (
            "a",
            " ",
            "\\",
            "/",
            "/a",
            "'",
            '"',
            "1",
            ".",
            "a.",
            "(",
            "\\.a",
            needed,
            needed + "a",
            needed + " '",
        ):
            line = (junk * log_text.LONGEST)[: log_text.LONGEST - len(needed)]
            start = time.perf_counter()
            for text in (line + needed, needed + line):
                compiled.search(text)
            assert time.perf_counter() - start < 0.5, (pattern, junk)


# ranking


def test_the_root_stands_before_its_consequences() -> None:
    text = log("model-damaged") + log("no-model").split("Launching", 1)[1] + log("vram-shortage").split("20 [", 1)[1]
    found = diagnose(text)
    assert found[0].rule == "model-damaged"
    consequences = {each.rule: each.because for each in found if each.kind == "consequence"}
    assert consequences["no-model"] == "model-damaged"
    assert found[-1].kind != "cause" or found[-1].rule == "vram-shortage"


def test_a_damaged_environment_comes_before_what_it_breaks() -> None:
    text = log("driver-too-old")
    assert rules_of(text)[0] == "driver-too-old"
    assert "torch-no-gpu" in {each.rule for each in diagnose(text) if each.because == "driver-too-old"}


def test_xformers_that_do_not_fit_explain_the_missing_operator() -> None:
    text = (
        log("xformers-mismatch") + log("xformers-no-operator").split("commit hash", 1)[-1].split("Startup time", 1)[1]
    )
    found = diagnose(text)
    assert [each.rule for each in found] == ["xformers-mismatch", "xformers-no-operator"]
    assert found[1].because == "xformers-mismatch"


def test_of_equal_depth_the_first_error_wins() -> None:
    unet, vae = (log(name).split("3.18it/s]\n", 1)[1] for name in ("nan-unet", "nan-vae"))
    start = log("nan-unet").split("3.18it/s]\n", 1)[0]
    assert rules_of(start + unet + vae)[0] == "nan-unet"
    assert rules_of(start + vae + unet)[0] == "nan-vae"


def test_information_comes_last() -> None:
    text = log("xformers-missing") + log("vram-shortage").split("Commit", 1)[1]
    assert rules_of(text) == ["vram-shortage", "xformers-missing"]


def test_the_last_start_counts() -> None:
    found = diagnose(log("port-taken") + log("vram-shortage"))
    assert [(each.rule, each.run) for each in found] == [("vram-shortage", 2), ("port-taken", 1)]


def test_a_warning_stands_behind_what_stopped_the_work() -> None:
    text = log("leftovers") + log("functional-tensor").split("Launching", 1)[1]
    assert rules_of(text) == ["functional-tensor", "leftovers"]


def test_each_missing_module_is_a_finding_of_its_own() -> None:
    text = log("missing-module")
    both = (
        text
        + "*** Error loading script: b.py\n    Traceback (most recent call last):\n"
        + (
            '      File "D:\\sd\\extensions\\other\\scripts\\b.py", line 1, in <module>\n        import onnx\n'
            "    ModuleNotFoundError: No module named 'onnx'\n\n---\n"
        )
    )
    found = [each for each in diagnose(both) if each.rule == "missing-module"]
    assert [each.extension for each in found] == ["sd-webui-swap", "other"]
    assert found[1].fixes[0].arguments == {"module": "onnx"}


# details


def test_the_extension_is_named_and_can_be_disabled() -> None:
    found = diagnose(log("extension-install"))[0]
    assert found.extension == "sd-webui-broken"
    assert {call.fix: call.arguments for call in found.fixes}["disable_extension"] == {"extension": "sd-webui-broken"}
    assert diagnose(log("missing-module"))[0].extension == "sd-webui-swap"


def test_an_error_above_is_the_cause_even_if_no_rule_knows_it() -> None:
    text = (
        "loading stable diffusion model: AttributeError\nTraceback (most recent call last):\n"
        '  File "C:\\sd\\extensions\\auto_fix\\scripts\\fixer.py", line 74, in config\n    info.config\n'
        "AttributeError: 'CheckpointInfo' object has no attribute 'config'\n\nStable diffusion model failed to load\n"
    )
    found = diagnose(text)
    assert [(each.rule, each.because) for each in found] == [
        ("unknown-in-extension", ""),
        ("model-failed", "unknown-in-extension"),
    ]
    assert found[0].extension == "auto_fix"


def test_a_broken_answer_of_a_server_is_not_a_broken_settings_file() -> None:
    text = (
        "loading stable diffusion model: JSONDecodeError\nTraceback (most recent call last):\n"
        '  File "C:\\sd\\modules\\shared.py", line 754, in sd_model\n    return get_sd_model()\n'
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n"
    )
    assert rules_of(text) == ["unknown-error"]
    assert rules_of(text.replace("sd_model", "load")) == ["bad-config"]


def test_what_nobody_knows_is_not_offered() -> None:
    found = diagnose("ModuleNotFoundError: No module named 'foo'")[0]
    assert [call.fix for call in found.fixes] == ["install_module"]


def test_groups_fill_the_texts() -> None:
    found = diagnose(log("driver-too-old"))[0]
    assert "CUDA 11.7" in found.cause.en
    assert "CUDA 11.7" in found.cause.zh
    shortage = diagnose(log("vram-shortage"))[0]
    assert "8.0 GiB" in shortage.cause.en
    assert "512 MiB" in shortage.cause.of("zh_CN")


def test_parts_about_what_is_unknown_are_left_out() -> None:
    nameless, named = (
        diagnose(log("network.3"))[0],
        diagnose("fatal: unable to access: Could not resolve host: x.org")[0],
    )
    assert nameless.cause.en == "The connection broke or was not made."
    assert named.cause.en == "The connection to x.org broke or was not made."
    assert "x.org" in named.cause.zh
    script = diagnose(log("extension-script"))[0]
    assert f"extension {script.extension}" in script.cause.en
    for path in FILES:
        for each in diagnose(path.read_text("utf-8")):
            assert "[" not in each.cause.en.replace("[removed]", "")


def test_guards_speak_by_facts() -> None:
    text = log("no-kernel")
    assert rules_of(text)[0] == "no-kernel"
    assert rules_of(text, Facts(capability=12.0))[0] == "no-kernel-new-card"
    assert rules_of(text, Facts(capability=6.1))[0] == "no-kernel-old-card"
    assert "no-kernel-old-card" not in rules_of(text, Facts(capability=8.9))
    assert "ram-killed" not in rules_of(log("ram-killed"), Facts(system="win32"))


def test_unknown_guards_lower_the_confidence() -> None:
    text = "error: unable to create file a: Filename too long"
    sure, unsure = diagnose(text, Facts(system="win32"))[0], diagnose(text)[0]
    assert sure.confidence > unsure.confidence


def test_exit_codes_tell_of_crashes() -> None:
    assert rules_of("loading\n", Facts(exit_code=0xC0000005)) == ["native-crash"]
    assert rules_of("loading\n", Facts(exit_code=-11)) == ["native-crash"]
    assert rules_of("loading\n", Facts(exit_code=1)) == ["silent-end"]
    assert rules_of("loading\n", Facts(exit_code=-9)) == ["ram-killed"]
    assert rules_of("loading\n", Facts(exit_code=0)) == []
    assert rules_of("loading\n", Facts(exit_code=-15)) == []
    assert rules_of(log("port-taken"), Facts(exit_code=1)) == ["port-taken"]


def test_a_healthy_log_has_no_findings() -> None:
    text = log("extension-access.not").replace("extension access enabled", "")
    assert diagnose(text) == []


# tracebacks


def test_chained_tracebacks_are_told_by_their_first_error() -> None:
    text = (
        'Traceback (most recent call last):\n  File "/x/extensions/deep/a.py", line 1, in f\n    g()\nKeyError: 1\n\n'
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "/x/modules/b.py", line 1, in h\n    f()\nRuntimeError: outer\n'
    )
    found = diagnose(text)
    assert len(found) == 1
    assert found[0].extension == "deep"
    assert "KeyError" in found[0].cause.en


def test_extensions_that_come_with_the_web_ui_are_not_to_blame() -> None:
    text = (
        'Traceback (most recent call last):\n  File "D:\\sd\\extensions-builtin\\Lora\\networks.py", line 535, in f\n'
        "    g()\nKeyError: 'lora_unet'\n"
    )
    found = diagnose(text)[0]
    assert (found.rule, found.extension) == ("unknown-error", "")
    assert diagnose(text.replace("extensions-builtin", "extensions"))[0].extension == "Lora"


def test_fingerprints_do_not_depend_on_the_machine() -> None:
    windows = log("unknown-in-extension")
    linux = windows.replace("D:\\sd\\", "/home/me/绘画 ui/").replace("\\", "/").replace("line 118", "line 120")
    prints = {diagnose(text)[0].fingerprint for text in (windows, linux)}
    assert len(prints) == 1
    assert re.fullmatch(r"[0-9a-f]{12}", prints.pop())
    assert diagnose(windows.replace("on_click", "other"))[0].fingerprint != diagnose(windows)[0].fingerprint


def test_tracebacks_without_indentation_and_in_boxes() -> None:
    flat = 'Traceback (most recent call last):\nFile "/x/extensions/flat/a.py", line 1, in f\ng()\nKeyError: 1\n'
    boxed = (
        "╭───── Traceback (most recent call last) ─────╮\n│ /x/extensions/boxed/a.py:12 in f            │\n"
        "│    11   x                                   │\n╰───────────────────────────────────────────╯\nKeyError: 1\n"
    )
    assert diagnose(flat)[0].extension == "flat"
    assert diagnose(boxed)[0].extension == "boxed"


def test_many_frames_are_kept_by_their_innermost() -> None:
    reader = TracebackReader()
    lines = ["Traceback (most recent call last):", *['  File "/a/b.py", line 1, in f'] * 1000]
    lines += ['  File "/a/extensions/last/c.py", line 1, in g', "RecursionError: deep"]
    for number, line in enumerate(lines, 1):
        reader.feed(number, line)
    assert reader.traces[0].extension == "last"


def test_own_errors_are_explained_only_if_known() -> None:
    assert explain('Traceback (most recent call last):\n  File "/s/studio/a.py", line 1, in f\nKeyError: 1\n') is None
    known = explain(
        'Traceback (most recent call last):\n  File "/s/studio/engine/a.py", line 1, in f\n    x()\n'
        "OSError: [Errno 28] No space left on device\n"
    )
    assert known is not None
    assert known.rule == "disk-full"


# how logs arrive


def test_colours_progress_quotes_and_hints_are_seen_through() -> None:
    plain = log("missing-module")
    for spoilt in (
        plain.replace("\n", "\r\n"),
        "\n".join(f"\x1b[31m{line}\x1b[0m" for line in plain.split("\n")),
        "\n".join("> " + line for line in plain.split("\n")),
        plain.replace("---", log_text.HINT + "\n---"),
        "\n".join(f" 35%|███   | 7/20 [00:02<00:04,  3.2it/s]\r{line}" for line in plain.split("\n")),
    ):
        found = diagnose(spoilt)[0]
        assert (found.rule, found.extension) == ("missing-module", "sd-webui-swap")


def test_lines_are_numbered_as_in_the_file() -> None:
    text = log("vram-shortage")
    evidence = diagnose(text)[0].evidence[0]
    assert evidence.text in text.split("\n")[evidence.line - 1]


def test_files_in_other_encodings_are_read() -> None:
    text = log("ram-page-file")
    for data in (
        text.encode("gbk", "replace"),
        text.encode("utf-16"),
        text.encode("utf-8-sig"),
        b"\xff\x81\n" + text.encode(),
    ):
        assert rules_of(log_text.decode(data))[0] == "ram-page-file"


def test_a_growing_log_gives_the_same_as_a_whole_one() -> None:
    text = log("sd-repo-gone") + log("vram-shortage") + log("missing-module")
    reader = Diagnoser()
    for line in text.split("\n"):
        reader.feed([line + "\n"])
    assert reader.diagnoses() == diagnose(text)


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text: str) -> None:
    json.dumps([each.as_json() for each in diagnose(text)])


PIECES = [line for path in FILES[::5] for line in path.read_text("utf-8").split("\n")]


@given(st.lists(st.sampled_from(PIECES), max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_mixture_of_real_lines_is_read(lines: list[str]) -> None:
    for each in diagnose(lines):
        assert 0 < each.confidence <= 1
        assert all(1 <= evidence.line <= len(lines) for evidence in each.evidence)


def test_long_logs_take_seconds() -> None:
    normal = log("vram-shortage").split("\n")
    start = time.perf_counter()
    found = diagnose(line for _ in range(200_000 // len(normal)) for line in normal)
    assert found[0].rule == "vram-shortage"
    assert time.perf_counter() - start < 30  # about two on an idle machine


def test_hostile_logs_take_seconds() -> None:
    needed = [literal(pattern) for rule in rules() for pattern in rule.patterns]
    start = time.perf_counter()
    diagnose(" ".join(needed) * 60)  # a line of more than a megabyte's worth of keywords
    diagnose("\n".join(needed * 60))
    diagnose("Traceback (most recent call last):\n" * 20_000)
    diagnose("\x1b[" * 500_000)
    diagnose("***\n" * 50_000 + "Python 3.10.6 x\n" * 20_000)
    assert time.perf_counter() - start < 60


# after a fix


def test_an_outcome_says_whether_a_fix_helped() -> None:
    before, after = diagnose(log("port-taken")), diagnose(log("vram-shortage"))
    assert outcome(before, [], is_ready=True).helped is True
    assert outcome(before, before).helped is False
    moved_on = outcome(before, after)
    assert moved_on.helped is True
    assert (moved_on.gone, moved_on.stayed, moved_on.new) == (("port-taken",), (), ("vram-shortage",))
    assert outcome(before, [], is_ready=False).helped is None


def test_a_start_proves_nothing_about_what_only_a_picture_shows() -> None:
    before = diagnose(log("vram-shortage"))
    assert outcome(before, [], is_ready=True).helped is None
    assert outcome(before, before, is_ready=True).helped is False
    assert outcome([], [], is_ready=False).helped is False
