"""The command line: what reaches the engine, what is printed, and with which exit code it ends."""

import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio import cli
from studio.cli import checks
from studio.cli.generate import merged
from studio.cli.terminal import Watch, line
from studio.core.errors import UnknownName
from studio.core.job import JobContext, Progress
from studio.core.option import Option, options
from studio.core.paths import Places
from studio.core.request import GenerateRequest, HiresFix, Refiner
from studio.core.result import SavedImage
from studio.core.settings import Settings
from studio.library import hashes

INFOTEXT = """a green pear
Negative prompt: blurry
Steps: 12, Sampler: Euler a, Schedule type: Karras, CFG scale: 5.5, Seed: 77, Size: 320x256, Model: gone, \
Model hash: {hash}, Denoising strength: 0.6, Hires upscale: 1.5, Hires upscaler: Latent"""


class Engine:
    """Stands where studio.tasks does; `act` is what happens for each request."""

    def __init__(self) -> None:
        self.requests: list[GenerateRequest] = []
        self.settings: list[Settings] = []

    def generate(
        self, request: GenerateRequest, context: JobContext, *, settings: Settings, places: Places, first: int = 0
    ) -> list[SavedImage]:
        self.requests.append(request)
        self.settings.append(settings)
        context.progress(0, 2)
        context.progress(2, 2, rate=3.0)
        saved = SavedImage(Path(f"/pictures/图 {len(self.requests)}.png"), request.prompt, 8, 8)
        context.deliver(saved)
        self.act(context)
        return [saved]

    def act(self, context: JobContext) -> None:
        context.note("The VAE was run in full precision.")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    found = Engine()
    monkeypatch.setitem(sys.modules, "studio.tasks", SimpleNamespace(generate=found.generate))
    monkeypatch.setattr(sys.modules["studio"], "tasks", sys.modules["studio.tasks"], raising=False)
    return found


def asked(engine: Engine, *arguments: str) -> GenerateRequest:
    """The request that a command line comes to."""
    assert cli.main(["generate", *arguments]) == cli.DONE
    return engine.requests[-1]


def test_the_command_of_the_readme(engine: Engine) -> None:
    request = asked(
        engine,
        *("a red apple, 3d style", "--negative", "blurry", "--steps", "30", "--sampler", "Euler a"),
        *("--schedule", "Karras", "--cfg", "6.5", "--seed", "1", "--size", "128x192", "--batch-size", "2"),
        *("--batch-count", "3", "--hires", "2", "--model", "NAME", "--vae", "None", "--clip-skip", "2"),
    )
    assert request == GenerateRequest(
        prompt="a red apple, 3d style",
        negative_prompt="blurry",
        steps=30,
        sampler="Euler a",
        schedule="Karras",
        cfg_scale=6.5,
        seed=1,
        width=128,
        height=192,
        batch_size=2,
        batch_count=3,
        hires=HiresFix(scale=2),
        checkpoint="NAME",
        vae="None",
        clip_skip=2,
    )


def other(option: Option) -> Any:
    """A valid value that is not the default."""
    if option.type is bool:
        return not option.default
    if option.type == tuple[str, ...]:
        return ("cinematic", "100% 电影")
    if isinstance(option.choices, tuple) and option.choices:
        return next(choice for choice in option.choices if choice != option.default)
    if option.type is str:
        return "a -- % {b} 文"
    low, high = option.minimum, option.maximum
    return option.type(high if option.default == low else low)


def shown(option: Option, flag: str, value: Any) -> list[str]:
    """The arguments that give an option a value."""
    if option.type is bool:
        return [flag if value else flag.replace("--", "--no-", 1)]
    if isinstance(value, tuple):
        return [text for item in value for text in (flag, item)]
    return [f"{flag}={value}"]


def fields() -> Iterator[tuple[str, Option]]:
    for part, record in (("", GenerateRequest), ("hires", HiresFix), ("refiner", Refiner)):
        yield from ((part, option) for option in options(record) if not option.hidden)


@pytest.mark.parametrize(("part", "option"), list(fields()), ids=lambda value: getattr(value, "name", value))
def test_every_field_can_be_reached(part: str, option: Option, engine: Engine) -> None:
    value = other(option)
    if (part, option.name) == ("", "prompt"):
        assert asked(engine, value).prompt == value
        return
    flag = f"--{part}-" if part else "--"
    request = asked(engine, "p", *shown(option, flag + option.name.replace("_", "-"), value))
    assert getattr(getattr(request, part) if part else request, option.name) == value


def test_a_part_is_on_with_any_of_its_options_and_off_with_its_switch(engine: Engine, tmp_path: Path) -> None:
    assert asked(engine, "p").hires is None
    assert asked(engine, "p", "--hires-steps", "4").hires == HiresFix(steps=4)
    assert asked(engine, "p", "--refiner", "r", "--refiner-switch-at", "0.5").refiner == Refiner(
        checkpoint="r", switch_at=0.5
    )
    (tmp_path / "a.txt").write_text(INFOTEXT)
    assert asked(engine, "--infotext", str(tmp_path / "a.txt"), "--hires", "0").hires is None


def test_a_replay_is_what_the_picture_says_but_for_the_options_beside_it(engine: Engine, tmp_path: Path) -> None:
    first, second = tmp_path / "第 一.txt", tmp_path / "b.txt"
    first.write_text(INFOTEXT, "utf-8")
    second.write_text(INFOTEXT.replace("pear", "plum").replace("Seed: 77", "Seed: 78"), "utf-8")
    asked(engine, "--infotext", str(first), str(second), "--steps", "3", "--hires-steps", "5")
    pear, plum = engine.requests
    assert (pear.prompt, pear.negative_prompt, pear.seed, pear.cfg_scale) == ("a green pear", "blurry", 77, 5.5)
    assert (plum.prompt, plum.seed, plum.width, plum.height) == ("a green plum", 78, 320, 256)
    assert {pear.steps, plum.steps} == {3}
    assert pear.hires is not None
    assert (pear.hires.scale, pear.hires.steps, pear.hires.denoising_strength) == (1.5, 5, 0.6)


def test_a_replay_finds_its_model_by_the_hash(engine: Engine, tmp_path: Path, places: Places) -> None:
    import hashlib

    folder = places.models / "Stable-diffusion"
    folder.mkdir(parents=True)
    (folder / "other.safetensors").write_bytes(b"other")
    (folder / "renamed.safetensors").write_bytes(b"weights")
    (tmp_path / "a.txt").write_text(INFOTEXT.format(hash=hashlib.sha256(b"weights").hexdigest()[:10]))
    assert asked(engine, "--infotext", str(tmp_path / "a.txt")).checkpoint == "renamed.safetensors"
    assert asked(engine, "--infotext", str(tmp_path / "a.txt"), "--model", "x/y").checkpoint == "x/y"
    (folder / "gone.safetensors").write_bytes(b"another of that name")
    assert asked(engine, "--infotext", str(tmp_path / "a.txt")).checkpoint == "gone"


def test_an_own_prompt_drops_the_template_of_a_replay() -> None:
    before = GenerateRequest(prompt="red", template="{red|blue}", negative_prompt="a", negative_template="{a|b}")
    after = merged(before, {"prompt": "green"})
    assert (after.template, after.negative_template) == ("", "{a|b}")


def placed(places: Places, name: str, content: bytes) -> str:
    """Put a file where checkpoints are; returns its model hash as infotexts have it."""
    path = places.models / "Stable-diffusion" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashes.short(hashes.sha256(path, places))


def replayed(engine: Engine, tmp_path: Path, facts: str) -> GenerateRequest:
    """The request that a picture with these facts of its model comes to."""
    file = tmp_path / "图.txt"
    file.write_text(f"a pear\nSteps: 2, Sampler: Euler, CFG scale: 5, Seed: 7, Size: 64x64, {facts}", "utf-8")
    return asked(engine, "--infotext", str(file))


def test_the_model_of_a_picture_is_found_by_its_hash(engine: Engine, places: Places, tmp_path: Path) -> None:
    placed(places, "first.safetensors", b"other")
    wanted = placed(places, "second.safetensors", b"the one")
    assert replayed(engine, tmp_path, f"Model hash: {wanted}").checkpoint == "second.safetensors"
    assert replayed(engine, tmp_path, f"Model hash: {wanted}, Model: gone").checkpoint == "second.safetensors"
    assert replayed(engine, tmp_path, f"Model hash: {wanted}, Model: first").checkpoint == "second.safetensors"
    assert replayed(engine, tmp_path, "Model hash: unknown, Model: first").checkpoint == "first"


def test_a_hash_that_no_model_has_is_never_another_model_in_silence(
    engine: Engine, places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    placed(places, "first.safetensors", b"other")
    assert replayed(engine, tmp_path, "Model hash: 0123456789, Model: first").checkpoint == "first"
    assert "first.safetensors is another file than the model of that name" in capsys.readouterr().err
    (tmp_path / "nameless.txt").write_text("a pear\nSteps: 2, Sampler: Euler, Seed: 7, Model hash: 0123456789")
    assert cli.main(["generate", "--infotext", str(tmp_path / "nameless.txt")]) == cli.BAD_INPUT
    assert "hash 0123456789" in capsys.readouterr().err


def test_what_a_picture_says_and_cannot_be_asked_for_is_told(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replayed(engine, tmp_path, "Face restoration: CodeFormer, Version: v1.10.1")
    assert "图.txt: not used of its parameters: Face restoration." in capsys.readouterr().err
    replayed(engine, tmp_path, "Version: v1.10.1")
    assert "not used" not in capsys.readouterr().err


def test_nothing_is_painted_if_one_of_the_files_cannot_be_read(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.txt").write_text(INFOTEXT)
    bad = str(tmp_path / "not there.png")
    assert cli.main(["generate", "--infotext", str(tmp_path / "good.txt"), bad]) == cli.BAD_INPUT
    assert not engine.requests
    assert bad in capsys.readouterr().err


def test_paths_on_stdout_everything_else_on_stderr(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    asked(engine, "p")
    out, err = capsys.readouterr()
    assert out == "/pictures/图 1.png\n".replace("/", os.sep)
    assert err == "The VAE was run in full precision.\n"


def test_json_is_one_object(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    asked(engine, "猫", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert [Path(path).name for path in answer["paths"]] == ["图 1.png"]
    assert answer["infotexts"] == ["猫"]
    assert answer["it_per_s"] > 0
    assert answer["seconds"] >= 0


def test_the_output_folder_is_the_one_given(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: Places
) -> None:
    Settings(output_folder="elsewhere", jpeg_quality=55).save(places.settings)
    monkeypatch.chdir(tmp_path)
    asked(engine, "p", "--out", "我的 pictures")
    assert engine.settings[-1] == Settings(output_folder=str(tmp_path / "我的 pictures"), jpeg_quality=55)
    asked(engine, "p")
    assert engine.settings[-1].output_folder == "elsewhere"


WRONG = [
    (["--steps", "0"], "Sampling steps cannot be 0"),
    (["--hires", "9"], "Upscale by cannot be 9.0"),
    (["--refiner", "r", "--refiner-switch-at", "2"], "Switch at cannot be 2.0"),
    (["--seed", "-5"], "Seed cannot be -5"),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG)
def test_a_value_out_of_range_is_named(
    arguments: list[str], sentence: str, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["generate", "p", *arguments]) == cli.BAD_INPUT
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert sentence in err
    assert not engine.requests


MISSPELT = (["--stepz", "3"], ["--size", "big"], ["--steps", "many"], ["--rng", "TPU"], ["--step", "3"])


@pytest.mark.parametrize("arguments", MISSPELT)
def test_a_misspelt_command_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["generate", "p", *arguments])
    assert end.value.code == cli.BAD_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_without_prompt_and_picture_there_is_nothing_to_paint(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", "--steps", "3"]) == cli.BAD_INPUT
    assert 'python main.py generate "a red apple"' in capsys.readouterr().err


def test_an_error_of_the_engine_is_its_own_words_and_keeps_what_was_finished(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(context: JobContext) -> None:
        raise UnknownName("sampler", "Eular", ["Euler", "Euler a"])

    monkeypatch.setattr(engine, "act", act)
    assert cli.main(["generate", "p", "--json"]) == cli.BAD_INPUT
    out, err = capsys.readouterr()
    assert err == "There is no sampler named “Eular”. Did you mean: Euler, Euler a?\n"
    assert len(json.loads(out)["paths"]) == 1


def test_ctrl_c_keeps_what_was_finished(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(context: JobContext) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            context.progress(0, 2)
        raise AssertionError("it went on")

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(engine, "act", act)
    assert cli.main(["generate", "p"]) == cli.INTERRUPTED
    assert signal.getsignal(signal.SIGINT) is before
    assert capsys.readouterr().out.count(".png") == 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_for_terminals_only_and_goes_away() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        watch = Watch(stream, None)
        watch.report("progress", Progress(5, 20, "Sampling"))
        watch.report("progress", Progress(10, 20, "Sampling", rate=2.5))
        watch.close()
    assert pipe.getvalue() == ""
    lines = terminal.getvalue().split("\r")
    assert "[############............] 10/20" in lines[2]
    assert "it/s" in lines[2]
    assert lines[2].rstrip().endswith("Sampling")
    assert lines[-2].strip() == lines[-1] == ""
    assert len(lines[-2]) >= len(lines[2])


def test_speed_is_the_engines_and_what_has_none_does_not_count() -> None:
    watch = Watch(io.StringIO(), None)
    for report in (Progress(5_000, 9_000, "Loading"), Progress(1, 4, rate=2.0), Progress(9_000, 9_000, "Loading")):
        watch.report("progress", report)
    assert watch.summary()["it_per_s"] == 2.0


def test_time_left_is_told() -> None:
    assert line(Progress(10, 130, rate=2.0)).endswith("10/130  2.00 it/s  1:00 left")
    assert line(Progress(0, 0)).endswith("0/0")


def test_models_are_listed(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models"]) == cli.DONE
    assert str(places.models / "Stable-diffusion") in capsys.readouterr().err
    for name in ("Stable-diffusion/动漫 a.safetensors", "VAE/fine.safetensors"):
        (places.models / name).parent.mkdir(parents=True, exist_ok=True)
        (places.models / name).write_bytes(b"12345")
    assert cli.main(["models", "--json"]) == cli.DONE
    answer = json.loads(capsys.readouterr().out)
    assert (answer["checkpoints"][0]["name"], answer["checkpoints"][0]["size_bytes"]) == ("动漫 a.safetensors", 5)
    assert [Path(path).name for path in answer["vaes"]] == ["fine.safetensors"]
    cli.main(["models"])
    assert "动漫 a.safetensors" in capsys.readouterr().out


def test_doctor_prints_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--json"]) == cli.DONE
    rows = json.loads(capsys.readouterr().out)["checks"]
    assert {"python", "torch", "device", "gpu", "vram", "driver", "compute_capability", "ram", "disk", "git"} < {
        row["id"] for row in rows
    }
    assert {row["status"] for row in rows} <= {"ok", "warn", "bad"}
    cli.main(["doctor"])
    printed = capsys.readouterr().out
    assert all(row["value"] in printed and row["title"] in printed for row in rows)


PROJECT = """[tool.ruff]
[tool.pyright]
include = ["thing.py"]
"""


def test_the_test_command_checks_everything_and_ends_with_the_first_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "thing.py").write_text("ONE = 1\n")
    tests = "def test_one():\n    assert True\n\n\ndef test_two():\n    raise AssertionError\n"
    (tmp_path / "test_thing.py").write_text(tests)
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    assert cli.main(["test", "-k", "test_one"]) == 0
    assert capfd.readouterr().out.strip().splitlines()[-1].startswith("=")
    assert cli.main(["test", "-q"]) == 1
    (tmp_path / "thing.py").write_text('ONE: int = "one"\n')
    assert cli.main(["test", "-k", "test_one"]) == 1
    assert "1 passed" in capfd.readouterr().out


def test_a_real_picture_from_a_terminal(places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    tiny = Path(__file__).parent / "data" / "golden" / "e2e_tiny" / "models"
    shutil.copytree(tiny, places.models / "Stable-diffusion", ignore=shutil.ignore_patterns("lora", "embeddings"))
    arguments = ["generate", "a red apple", "--steps", "2", "--size", "64x64", "--seed", "1", "--batch-count", "2"]
    assert cli.main([*arguments, "--out", str(tmp_path / "我的 out"), "--json"]) == cli.DONE
    first = json.loads(capsys.readouterr().out)
    assert [Path(path).is_file() for path in first["paths"]] == [True, True]
    assert cli.main(["generate", "--infotext", first["paths"][1], "--out", str(tmp_path / "again"), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert Path(again["paths"][0]).read_bytes() == Path(first["paths"][1]).read_bytes()


def put_lora(path: Path) -> Path:
    import shutil

    path.parent.mkdir(parents=True, exist_ok=True)
    golden = Path(__file__).parent / "data" / "golden" / "e2e_tiny" / "lora" / "tiny_lora.safetensors"
    shutil.copy(golden, path)
    return path


def test_models_without_an_act_is_the_list(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    put_lora(places.models / "Stable-diffusion" / "a.safetensors")
    printed = []
    for arguments in (["--json"], ["list", "--json"], ["--json", "list"]):
        assert cli.main(["models", *arguments]) == cli.DONE
        printed.append(json.loads(capsys.readouterr().out)["checkpoints"][0]["name"])
    assert printed == ["a.safetensors"] * 3


def test_what_a_model_file_is(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    path = put_lora(places.models / "Stable-diffusion" / "猫.safetensors")
    assert cli.main(["models", "info", str(path), "--json", "--hashes"]) == cli.DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["facts"]["kind"], found["facts"]["architecture"], found["facts"]["rank"]) == ("network", "LoRA", 2)
    assert [finding["code"] for finding in found["findings"]] == ["misplaced"]
    assert [step["act"] for step in found["findings"][0]["plan"]] == ["move"]
    assert (found["pickle"], found["hashes"]["network"]) == ({"verdict": "safe", "code": []}, "a" * 12)
    assert cli.main(["models", "info", str(path)]) == cli.DONE
    out = capsys.readouterr().out
    assert "architecture:      LoRA" in out
    assert "Move it to" in out


def test_a_model_that_cannot_be_used_ends_with_2(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    places.models.mkdir(parents=True)
    path = places.models / "a.safetensors"
    path.write_bytes(b"<html>")
    assert cli.main(["models", "info", str(path)]) == cli.BAD_INPUT
    assert "web page" in capsys.readouterr().err
    assert cli.main(["models", "info", str(path), "--json"]) == cli.BAD_INPUT
    assert json.loads(capsys.readouterr().out)["facts"] is None
    assert cli.main(["models", "info", str(places.models / "none"), "--json"]) == cli.BAD_INPUT


def test_the_models_are_scanned_and_checked(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    put_lora(places.models / "Lora" / "a.safetensors")
    put_lora(places.models / "Lora" / "b.safetensors")
    (places.models / "Lora" / "c.safetensors").write_bytes(b"<html>")
    assert cli.main(["models", "scan", "--json"]) == cli.DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["added"], found["models"], found["broken"], found["kinds"]) == (3, 3, 1, {"network": 2})
    assert cli.main(["models", "scan"]) == cli.DONE
    assert capsys.readouterr().out.startswith("0 added, 0 changed, 0 gone")
    assert hashes.known([places.models / "Lora" / "a.safetensors"], places) == {}
    assert cli.main(["models", "scan", "--hashes"]) == cli.DONE
    assert len(hashes.known((places.models / "Lora").iterdir(), places)) == 3
    capsys.readouterr()
    assert cli.main(["models", "doctor", "--json"]) == cli.DONE
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert sorted(finding["code"] for finding in findings) == ["broken", "duplicate"]
    assert cli.main(["models", "doctor"]) == cli.DONE
    assert "is there 2 times" in capsys.readouterr().out
