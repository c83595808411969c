"""`models merge` and its relatives on the command line."""

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

from studio import cli
from studio.core.paths import Places
from tests.engine import checkpoints


@pytest.fixture
def models(places: Places) -> Path:
    folder = places.models / "Stable-diffusion"
    for seed, name in enumerate("abc"):
        checkpoints.write(folder, f"{name}.safetensors", seed=seed)
    return folder


def test_checkpoints_are_merged(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--multiplier", "0.5", "--precision", "fp16", "--out", "目录/新", "--json")
    assert cli.main(["models", "merge", "a", "b", "c", *options]) == cli.DONE
    said = json.loads(capsys.readouterr().out)
    path = models / "目录" / "新.safetensors"
    assert said["path"] == str(path)
    assert (said["tensors"], said["size_bytes"]) == (len(load_file(path)), path.stat().st_size)
    assert cli.main(["models", "info", str(path), "--json"]) == cli.DONE
    told = json.loads(capsys.readouterr().out)
    assert told["facts"]["precision"] == "fp16"


def test_how_many_models_are_given_tells_the_method(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for given, name in ((["a"], "x"), (["a", "b"], "0.7(a) + 0.3(b)"), (["a", "b", "c"], "a + 0.3(b - c)")):
        out = ["--out", name] if len(given) == 1 else []
        assert cli.main(["models", "merge", *given, *out]) == cli.DONE
        assert capsys.readouterr().out.strip() == str(models / f"{name}.safetensors")


def test_a_lora_goes_all_the_way(models: Path, places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, path in (
        (["extract", "a", "b", "--rank", "6", "--out", "l"], places.models / "Lora/l.safetensors"),
        (["resize", "l", "--rank", "2"], places.models / "Lora/l-rank2.safetensors"),
        (["convert", "l-rank2", "--to", "diffusers"], places.models / "Lora/l-rank2-diffusers.safetensors"),
        (
            ["merge-lora", "a", "l-rank2-diffusers", "l:0.5:0.25"],
            models / "a + l-rank2-diffusers + 0.25(l).safetensors",
        ),
    ):
        assert cli.main(["models", *arguments, "--json"]) == cli.DONE
        assert json.loads(capsys.readouterr().out)["path"] == str(path)
        assert path.is_file()


def test_what_cannot_be_made_is_told(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, text in (
        (["merge", "a", "nobody"], "nobody"),
        (["merge", "a", "b", "--multiplier", "9"], "Multiplier (M) cannot be 9"),
        (["merge", "a", "b", "--out", "c"], "already a model"),
        (["resize", "nobody"], "nobody"),
    ):
        assert cli.main(["models", *arguments]) == cli.BAD_INPUT
        assert text in capsys.readouterr().err
    assert {path.name for path in models.iterdir()} == {"a.safetensors", "b.safetensors", "c.safetensors"}
