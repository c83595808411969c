"""The files beside a model: read from every program's, written so that nothing of another's is lost."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.core.errors import FileProblem
from studio.library import sidecars
from studio.library.sidecars import ModelDefaults, Sidecar

FUZZ = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WEB_UI = {
    "description": "画", "sd version": "SDXL", "activation text": "ohwx", "preferred weight": 0.8,
    "negative text": "blurry", "notes": "mine", "vae": "a.vae.pt", "something else": [1],
}  # fmt: skip
CIVITAI = {
    "modelId": 12, "name": "v2", "baseModel": "SD 1.5", "trainedWords": ["cat", " ", 5, "dog"],
    "model": {"name": "Cats", "type": "LORA"}, "description": "<p>one &amp; two</p><p>three<script>x</script></p>",
}  # fmt: skip
MATRIX = {"ModelId": 9, "ModelName": "Other", "VersionName": "v1", "TrainedWords": ["bird"], "Tags": ["a", "b"]}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "模型 a.b.safetensors"
    path.write_bytes(b"x")
    return path


def write(model: Path, end: str, said: object) -> None:
    text = said if isinstance(said, str) else json.dumps(said)
    sidecars.beside(model, end).write_text(text, "utf-8")


def test_nothing_beside_a_model_says_nothing(model: Path) -> None:
    assert sidecars.read(model) == Sidecar()
    assert sidecars.preview(model) is None
    assert sidecars.family(model) == []


def test_every_program_is_read_and_the_owner_counts_first(model: Path) -> None:
    write(model, ".cm-info.json", MATRIX)
    assert sidecars.read(model).title == "Other v1"
    write(model, ".civitai.info", CIVITAI)
    found = sidecars.read(model)
    assert (found.title, found.base, found.trained_words) == ("Cats v2", "SD 1.5", ("cat", "dog"))
    assert (found.tags, found.page, found.trigger_text) == (("a", "b"), "https://civitai.com/models/12", "cat")
    assert found.description.startswith("one & two\nthree")
    assert "<" not in found.description
    write(model, ".json", WEB_UI)
    found = sidecars.read(model)
    assert (found.description, found.base, found.preferred_weight) == ("画", "SDXL", 0.8)
    assert (found.trigger_text, found.negative_text, found.vae) == ("ohwx", "blurry", "a.vae.pt")
    assert found.trained_words == ("cat", "dog")
    assert len(found.files) == 3


def test_saving_leaves_the_rest_of_the_file(model: Path) -> None:
    write(model, ".json", WEB_UI)
    defaults = ModelDefaults(steps=30, sampler="Euler a", clip_skip=2)
    sidecars.save(model, notes="新", is_favourite=True, tags=("猫", "b"), defaults=defaults, preferred_weight=1.25)
    said = json.loads(sidecars.beside(model, ".json").read_text("utf-8"))
    assert {key: said[key] for key in WEB_UI} == {**WEB_UI, "notes": "新", "preferred weight": 1.25}
    found = sidecars.read(model)
    assert (found.notes, found.is_favourite, found.tags, found.defaults) == ("新", True, ("猫", "b"), defaults)
    sidecars.save(model, is_favourite=False)
    assert sidecars.read(model) == found.model_copy(update={"is_favourite": False})


def test_saving_writes_only_what_was_changed(model: Path) -> None:
    write(model, ".civitai.info", CIVITAI)
    sidecars.save(model, is_favourite=True)
    assert json.loads(sidecars.beside(model, ".json").read_text()) == {"sd studio": {"favourite": True}}


@pytest.mark.parametrize("text", ["[1]", "{broken", "5", '"x"', "[" * 5000])
def test_a_file_that_makes_no_sense_is_not_overwritten(model: Path, text: str) -> None:
    write(model, ".json", text)
    assert sidecars.read(model) == Sidecar()
    with pytest.raises(FileProblem, match="not changed"):
        sidecars.save(model, notes="x")
    assert sidecars.beside(model, ".json").read_text() == text


def test_an_empty_table_is_written_into(model: Path) -> None:
    write(model, ".json", {})
    assert sidecars.save(model, notes="x").notes == "x"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
KEYS = st.sampled_from([*WEB_UI, *CIVITAI, *MATRIX, "sd studio", "favourite", "tags", "defaults", "model", "title"])


@FUZZ
@given(st.sampled_from([".json", ".civitai.info", ".cm-info.json"]), st.dictionaries(KEYS, JSON))
def test_values_of_wrong_types_are_passed_over(model: Path, end: str, said: dict[str, object]) -> None:
    write(model, end, said)
    found = sidecars.read(model)
    assert Sidecar.model_validate_json(found.model_dump_json()) == found


def test_huge_values_are_cut_and_huge_files_passed_over(model: Path) -> None:
    write(model, ".json", {"notes": "x" * 1_000_000, "preferred weight": 1e300, "description": "d"})
    found = sidecars.read(model)
    assert (len(found.notes), found.preferred_weight, found.description) == (100_000, 0, "d")
    write(model, ".json", {"notes": "x" * 10_000_000})
    assert sidecars.read(model) == Sidecar()


def test_previews_by_rank_and_names(model: Path) -> None:
    for end in (".webp", ".jpg", ".png", ".preview.png"):
        sidecars.beside(model, end).write_bytes(b"x")
        found = sidecars.preview(model)
        assert found is not None
        assert found.name == f"模型 a.b{end}"
    assert sidecars.set_preview(model, b"new").read_bytes() == b"new"
    assert len(sidecars.family(model)) == 4


def test_files_that_two_models_share_belong_to_none(model: Path) -> None:
    write(model, ".json", {"notes": "x"})
    assert [file.name for file in sidecars.family(model)] == ["模型 a.b.json"]
    model.with_suffix(".ckpt").write_bytes(b"y")
    assert sidecars.family(model) == []


def test_a_folder_has_its_own_stem(tmp_path: Path) -> None:
    assert sidecars.beside(tmp_path / "sd-v1.5", ".json").name == "sd-v1.5.json"
    assert sidecars.beside(tmp_path / "a.png", ".json").name == "a.json"


def test_covers_inside_files() -> None:
    picture = b"\x89PNG picture"
    text = base64.b64encode(picture).decode()
    assert sidecars.cover({"modelspec.thumbnail": f"data:image/png;base64,{text}"}) == picture
    assert sidecars.cover({"ssmd_cover_images": json.dumps([text, "x"])}) == picture
    for said in ("", "[]", "[5]", "{", "[" * 9000):
        assert sidecars.cover({"ssmd_cover_images": said}) is None


@pytest.mark.parametrize("name", ["sampler", "schedule", "vae", "prompt"])
def test_halves_of_characters_are_passed_over(model: Path, name: str) -> None:
    write(model, ".json", {"notes": "x", "sd studio": {"defaults": {name: "\ud800", "steps": 5}}})
    found = sidecars.read(model)
    assert (found.notes, found.defaults) == ("x", ModelDefaults(steps=5))
    assert Sidecar.model_validate_json(found.model_dump_json()) == found
