import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio import tasks
from studio.catalog.samplers import SAMPLERS
from studio.core import infotext
from studio.core.errors import FileProblem
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.core.request import GenerateRequest, HiresFix
from studio.core.result import SavedImage
from studio.core.settings import Settings

MODELS = Path(__file__).parent / "data/golden/e2e_tiny/models"
ORDER = GenerateRequest(
    prompt="a (red:1.2) {cat|dog}, [sitting:0.5]", negative_prompt="blurry", width=64, height=64, steps=3
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Places:
    places = Places(tmp_path_factory.mktemp("我的 studio"))
    shutil.copytree(MODELS, places.models / "Stable-diffusion")
    return places


def pixels(saved: SavedImage) -> np.ndarray:
    return np.asarray(Image.open(saved.path))


def paint(request: GenerateRequest, home: Places, **named: object) -> list[SavedImage]:
    return tasks.generate(request, JobContext(), settings=Settings(preview_every=0), places=home, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize("sampler", [row.label for row in SAMPLERS])
def test_a_picture_painted_again_from_its_own_file_is_bit_equal(sampler: str, home: Places) -> None:
    hires = HiresFix(scale=1.5, steps=2, upscaler="Latent (nearest-exact)") if sampler in ("Euler a", "DDIM") else None
    first = paint(ORDER.model_copy(update={"sampler": sampler, "hires": hires}), home)[0]
    request, leftovers = infotext.read(first.path)
    again = paint(request, home)[0]
    assert np.array_equal(pixels(first), pixels(again))
    assert again.infotext == first.infotext
    assert leftovers["Model hash"] == "8c5f4e352c"


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_painted(home: Places, tmp_path: Path) -> None:
    heard: list[str] = []
    (tmp_path / "a file").write_text("in the way")
    settings = Settings(output_folder=str(tmp_path / "a file" / "pictures"))
    with pytest.raises(FileProblem, match="a file"):
        tasks.generate(ORDER, JobContext(lambda name, _: heard.append(name)), settings=settings, places=home)
    assert not heard


def test_the_journal_hears_of_each_picture_before_and_after(home: Places) -> None:
    heard: list[tuple[str, int, bool]] = []

    class Journal:
        def begin(self, index: int, path: Path) -> None:
            heard.append(("begin", index, path.exists()))

        def finish(self, index: int, saved: SavedImage) -> None:
            heard.append(("finish", index, saved.path.exists()))

    paint(ORDER.model_copy(update={"batch_size": 2, "steps": 1}), home, journal=Journal())
    assert heard == [("begin", 0, False), ("finish", 0, True), ("begin", 1, False), ("finish", 1, True)]


def test_files_lie_where_the_web_ui_would_put_them(home: Places) -> None:
    first, second = paint(ORDER.model_copy(update={"batch_count": 2, "seed": 21, "steps": 1}), home)
    assert first.path.parent.parent.parent == home.outputs
    assert [path.name.split("-", 1)[1] for path in (first.path, second.path)] == ["21.png", "22.png"]
    assert infotext.read(second.path)[0].seed == 22
