"""What the doctor finds in files and folders, and that its plans mend it."""

import os
import pickle
import struct
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library import model_doctor, plans
from studio.library.folders import homes
from studio.library.index import ModelIndex
from studio.library.model_doctor import Severity, examine
from studio.library.pickles import Verdict

SETTINGS = Settings()
SHAPES = {
    "lora_unet_x_attn2_to_k.lora_down.weight": (4, 768),
    "lora_unet_x_attn2_to_k.lora_up.weight": (8, 4),
}


def lora(path: Path, **metadata: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: torch.zeros(shape) for name, shape in SHAPES.items()}, path, metadata or None)
    return path


class Exploit:
    def __reduce__(self) -> object:
        return os.system, ("touch /tmp/was-run",)


def test_a_good_file_has_no_findings(places: Places) -> None:
    path = lora(places.models / "Lora" / "a.safetensors", ss_base_model_version="sd_v1")
    (home,) = homes(places, SETTINGS)
    found = examine(path, home)
    assert (found.findings, found.verdict, found.code) == ((), Verdict.SAFE, ())
    assert found.facts is not None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!doctype html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "LFS"),
        (b'{"error": 1}', "server's answer"),
        (b"", "empty"),
        (struct.pack("<Q", 2**40) + b"{" * 20, "not a model"),
        (struct.pack("<Q", 100_000_001) + b"{" * 20, "not a model"),
        (struct.pack("<Q", 100_000_000) + b"{" * 20, "cut short"),
    ],
)
def test_broken_files(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(data)
    (finding,) = examine(path).findings
    assert (finding.code, finding.severity) == ("broken", Severity.BAD)
    assert words in str(finding.problem)


def test_what_is_only_unknown_here_is_not_called_broken(tmp_path: Path, places: Places) -> None:
    """It may be sound and serve another program: nobody should be led to throw it away."""
    save_file({"a.b": torch.zeros(3)}, tmp_path / "unknown.safetensors")
    (tmp_path / "other.safetensors").write_bytes(b"GGUF\3\0\0\0" + bytes(50))
    for path in tmp_path.glob("*.safetensors"):
        (finding,) = examine(path).findings
        assert (finding.code, finding.severity, finding.plan) == ("unknown", Severity.WARN, None)
        target = places.models / "Lora" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    index = ModelIndex(places.data / "models.sqlite")
    index.scan(places, SETTINGS)
    found = model_doctor.check(index.models(index.find()), places)
    assert {finding.code for finding in found} == {"unknown"}
    index.close()


def test_a_header_of_a_hundred_megabytes_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    size = 100_000_000
    path.write_bytes(struct.pack("<Q", size) + b'{"a":' + b" " * (size - 6) + b"}")
    (finding,) = examine(path).findings
    assert finding.code == "broken"


def test_cut_off_anywhere(tmp_path: Path) -> None:
    whole = lora(tmp_path / "a.safetensors").read_bytes()
    for length in range(1, len(whole), max(len(whole) // 40, 1)):
        (tmp_path / "b.safetensors").write_bytes(whole[:length])
        assert [finding.code for finding in examine(tmp_path / "b.safetensors").findings] == ["broken"]


def test_code_is_named_and_not_run(tmp_path: Path) -> None:
    for name in ("a.ckpt", "b.pt"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps({"a": Exploit()}))
        found = examine(tmp_path / name)
        assert [finding.code for finding in found.findings] == ["code"]
        assert (found.verdict, len(found.code), found.facts) == (Verdict.SUSPICIOUS, 1, None)
        assert "system" in str(found.findings[0].problem)
    assert not Path("/tmp/was-run").exists()  # noqa: S108


def test_a_safetensors_file_under_another_name_is_safe(tmp_path: Path) -> None:
    found = examine(lora(tmp_path / "a.ckpt"))
    assert (found.verdict, found.findings) == (Verdict.SAFE, ())


def test_metadata_that_contradict_the_tensors(tmp_path: Path) -> None:
    (finding,) = examine(lora(tmp_path / "a.safetensors", ss_base_model_version="sdxl_base_v1-0")).findings
    assert (finding.code, str(finding.problem)) == (
        "claim", "a.safetensors says that it is for SDXL, but its tensors are SD1. Use it with SD1 models.",
    )  # fmt: skip


def test_a_misplaced_file_is_moved_with_its_sidecar_and_back(places: Places, tmp_path: Path) -> None:
    path = lora(tmp_path / "web" / "models" / "Stable-diffusion" / "猫 a.safetensors")
    path.with_suffix(".json").write_text("{}")
    settings = Settings(model_folders=(str(tmp_path / "web"),))
    index = ModelIndex(places.data / "models.sqlite")
    index.scan(places, settings)
    (finding,) = model_doctor.check(index.models(index.find()), places)
    assert (finding.code, finding.plan and finding.plan.count) == ("misplaced", 2)
    assert finding.plan is not None
    done = plans.apply(finding.plan, places)
    moved = tmp_path / "web" / "models" / "Lora" / path.name
    assert moved.exists()
    index.scan(places, settings)
    assert model_doctor.check(index.models(index.find()), places) == []
    plans.undo(done, places)
    assert path.exists()
    assert path.with_suffix(".json").exists()


def test_copies_are_found_by_content_and_made_one(places: Places) -> None:
    first = lora(places.models / "Lora" / "a.safetensors")
    os.utime(first, (1, 1))
    copy = lora(places.models / "Lora" / "sub" / "b.safetensors")
    other = lora(places.models / "Lora" / "c.safetensors")
    data = bytearray(other.read_bytes())
    data[-2000] ^= 1
    other.write_bytes(data)
    os.link(first, places.models / "Lora" / "hard.safetensors")
    (places.models / "Lora" / "soft.safetensors").symlink_to(first)
    index = ModelIndex(places.data / "models.sqlite")
    index.scan(places, SETTINGS)
    (finding,) = model_doctor.check(index.models(index.find()), places)
    assert finding.code == "duplicate"
    assert finding.plan is not None
    assert [step.path for step in finding.plan.steps] == [copy]
    assert finding.plan.freed_bytes == copy.stat().st_size
    plans.apply(finding.plan, places)
    assert copy.samefile(first)
    assert model_doctor.check(index.models(index.find()), places) == []
