import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

from studio.core.errors import BadRequest, Cancelled, CheckpointError
from studio.core.job import JobContext, Progress
from studio.core.paths import ROOT, Places
from studio.core.request import GenerateRequest
from studio.core.settings import Settings
from studio.core.tokens import END, encode
from studio.engine import previews
from studio.engine import vae as vae_code
from studio.engine.card import Card
from studio.engine.generate import generate
from studio.engine.loading import load
from studio.library import headers
from studio.training import checkpoints
from studio.training.pocket import (
    autoencoder,
    captions,
    classifier,
    configuration,
    evaluation,
    export,
    latents,
    nets,
    painter,
    pictures,
    preview,
)
from studio.training.pocket.pictures import Row
from studio.training.pocket.train import train
from tests.training.pocket_set import SMALL, write_set

SMOKE_STEPS = 20
TINY = ROOT / "tests" / "data" / "golden" / "e2e_tiny" / "models" / "tiny_sd15.safetensors"
ROW = Row("red ball", "blue ball", ("round", "toy"), "noto style", pictures.COLOURED)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_set(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the whole recipe ran for a few steps."""
    folder = tmp_path_factory.mktemp("pocket")
    with pytest.MonkeyPatch.context() as patch:
        write_set(folder, patch)
    autoencoder.train(SMALL, folder, 60, JobContext())
    _train_painter(folder, SMOKE_STEPS)
    export.export(SMALL, folder)
    return folder


def _train_painter(folder: Path, steps: int) -> None:
    """Train the U-Net for about `steps` steps."""

    def report(name: str, value: object) -> None:
        nonlocal steps
        if isinstance(value, Progress) and value.text.startswith("unet"):
            steps -= 1
            if not steps:
                context.cancel()

    context = JobContext(report)
    with pytest.raises(Cancelled):
        painter.train(SMALL, folder, 60, context)


def _steps(path: Path) -> int:
    return checkpoints.load(path)["step"] if path.is_file() else 0


def _paint(folder: Path, prompt: str, seed: int = 1) -> np.ndarray:
    request = GenerateRequest(
        checkpoint=str(export.path(folder)), prompt=prompt, width=32, height=32, steps=4, seed=seed, cfg_scale=3
    )
    card = Card(Places(folder), Settings())
    return next(iter(generate(request, card, JobContext(), Settings(), card.models.places))).pixels


def test_the_file_is_an_ordinary_checkpoint_that_paints(trained: Path) -> None:
    checkpoint = load(export.path(trained))
    assert (checkpoint.family, checkpoint.prediction, checkpoint.zero_snr) == ("SD1", "v", True)
    assert checkpoint.facts.sample_size == SMALL.size
    made = export.assembled(SMALL, trained)
    assert checkpoint.scaling_factor == made.scaling_factor == 0.18215
    for net, ours in zip(checkpoint.nets, made.nets, strict=True):
        for name, tensor in ours.state_dict().items():
            assert torch.equal(net.state_dict()[name].half(), tensor.half()), name
    picture = _paint(trained, "red ball")
    assert picture.shape == (32, 32, 3)
    assert np.array_equal(picture, _paint(trained, "red ball"))
    assert not np.array_equal(picture, _paint(trained, "green box"))


def test_the_file_says_how_it_was_trained_and_what_from(trained: Path) -> None:
    header = headers.read(export.path(trained))
    assert {"v_pred", "ztsnr"} <= set(header.tensors)
    assert "Apache-2.0" in header.metadata["modelspec.license"]
    assert "iconify-json/noto" in header.metadata["pocket.sources"]
    assert all(name.startswith(("model.", "first_stage_model.", "cond_stage_model.", "v_pred", "ztsnr"))
               for name in header.tensors)  # fmt: skip


def test_the_shipped_autoencoder_makes_the_latents_that_were_trained_on(trained: Path) -> None:
    pixels = pictures.read(trained).pixels
    before, _ = latents.trained_vae(SMALL, trained)
    vae, table = export.assembled(SMALL, trained).vae, latents.read(trained)
    for number in (0, 3, 5):
        picture = vae_code.from_pixels(pixels[number], torch.device("cpu"))
        latent = vae_code.encode(vae, picture)
        torch.testing.assert_close(latent, table.plain[number], atol=1e-4, rtol=1e-4)
        same = vae_code.decode(before, vae_code.encode(before, picture))
        torch.testing.assert_close(vae_code.decode(vae, latent), same, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(table.plain.std((0, 2, 3)), torch.ones(4))


def test_live_previews_know_the_models_own_colours(trained: Path) -> None:
    matrix = torch.tensor(load(export.path(trained)).facts.latent_rgb)
    pixels, table = pictures.read(trained).pixels, latents.read(trained)
    seen = np.stack([previews.approximate(latent, matrix) for latent in table.plain])
    size = SMALL.size // 8
    wanted = pixels.reshape(-1, size, 8, size, 8, 3).mean((2, 4))
    spread = np.square(wanted.mean((0, 1, 2)) - wanted).mean()
    assert np.square(seen - wanted).mean() < spread


def test_a_tiny_decoder_for_previews_learns_and_is_read_as_taesd_is(trained: Path) -> None:
    loss = preview.Pairs(SMALL, trained).loss
    torch.manual_seed(0)
    before = loss(previews.tiny_decoder(SMALL.preview_width), torch.Generator().manual_seed(0))
    decoder = previews.Taesd(preview.train(SMALL, trained, JobContext()))
    assert loss(decoder.decoder, torch.Generator().manual_seed(0)) < before * 0.95
    assert decoder(latents.read(trained).plain[0]).shape == (SMALL.size, SMALL.size, 3)


def test_words_without_captions_are_average_ones_and_the_others_keep_their_meaning(trained: Path) -> None:
    known = captions.vocabulary(pictures.read(trained).rows)
    state = checkpoints.load(painter.path(trained))["average"]
    rows = next(tensor for name, tensor in state.items() if name.endswith("token_embedding.weight"))
    table = export.assembled(SMALL, trained).text_encoders[0].get_input_embeddings().state_dict()["weight"]
    ball, other = encode("ball")[0], encode("parliament")[0]
    assert torch.equal(table[ball], rows[known.index(ball)])
    assert torch.equal(table[other], rows[:-2].mean(0))


def test_the_autoencoder_learns(folder: Path) -> None:
    recipe = replace(SMALL, vae_crops=240)
    crops = autoencoder.Crops(recipe, folder)
    with torch.no_grad():
        before = crops.loss(nets.vae(recipe), torch.Generator().manual_seed(0))
    autoencoder.train(recipe, folder, 60, JobContext())
    vae = nets.vae(recipe)
    vae.load_state_dict(checkpoints.load(autoencoder.path(folder))["average"])
    with torch.no_grad():
        assert crops.loss(vae, torch.Generator().manual_seed(0)) < before * 0.95


def test_a_begun_training_is_not_lost_by_mistake(trained: Path) -> None:
    with pytest.raises(BadRequest, match="--resume"):
        train(trained, 1, resume=False, context=JobContext(), recipe=SMALL)


def test_a_training_goes_on_from_the_finished_file_alone(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_set(tmp_path, monkeypatch)
    painted, steps = _paint(trained, "red ball"), _steps(painter.path(trained))
    train(tmp_path, 0, resume=False, context=JobContext(), recipe=SMALL, start=export.path(trained))
    assert _steps(painter.path(tmp_path)) == steps + 1  # a run takes a step at least
    apart = np.abs(_paint(tmp_path, "red ball").astype(float) - painted).mean()
    assert apart < 4
    assert apart < np.abs(_paint(tmp_path, "green box").astype(float) - painted).mean() / 2


def test_only_a_file_of_the_recipe_is_a_beginning(folder: Path, trained: Path) -> None:
    wider = replace(SMALL, unet_channels=(32, 64))
    with pytest.raises(CheckpointError, match="not a model of this recipe"):
        train(folder, 0, resume=False, context=JobContext(), recipe=wider, start=export.path(trained))
    assert not autoencoder.path(folder).is_file()


def test_no_file_from_elsewhere_is_a_beginning(folder: Path) -> None:
    broken = folder / "broken.safetensors"
    broken.write_bytes(b"<html>not found</html>")
    for file in (TINY, broken, folder / "gone.safetensors"):
        with pytest.raises(CheckpointError):
            train(folder, 0, resume=False, context=JobContext(), recipe=SMALL, start=file)
        assert not autoencoder.path(folder).is_file()


def test_a_beginning_that_was_broken_off_is_begun_anew(trained: Path, folder: Path) -> None:
    file = folder / "start.safetensors"
    with safe_open(export.path(trained), "pt") as made:
        tensors = {name: made.get_tensor(name) for name in made.keys()}  # noqa: SIM118
        save_file(tensors, file, {**made.metadata(), export.STEPS: "-1.5"})
    painter.path(folder).write_bytes(b"half of a state")
    train(folder, 0, resume=False, context=JobContext(), recipe=SMALL, start=file)
    assert _steps(painter.path(folder)) == 1


def test_after_a_kill_training_goes_on_from_the_last_checkpoint(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.training.pocket_set", str(folder), "5"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        ends = time.monotonic() + 200
        while _steps(painter.path(folder)) < 3 and time.monotonic() < ends:
            assert process.poll() is None
            time.sleep(0.2)
    finally:
        process.kill()
        process.wait()
    reached = _steps(painter.path(folder))
    assert reached >= 3
    _train_painter(folder, 5)
    assert reached + 5 <= _steps(painter.path(folder)) <= reached + 6


def test_two_workers_train_as_one(folder: Path) -> None:
    recipe = replace(SMALL, workers=2, vae_crops=160)
    autoencoder.train(recipe, folder, 60, JobContext())
    assert _steps(autoencoder.path(folder)) == 20
    assert not list(folder.glob(".*"))


def test_captions_name_the_thing_and_what_was_done_to_it() -> None:
    rng = np.random.default_rng(0)
    found = {captions.caption(replace(ROW, after=("low quality",)), rng) for _ in range(200)}
    assert all("blue ball" in text and text.endswith(", low quality") for text in found)
    assert "blue ball, low quality" in found
    assert "a picture of a blue ball, low quality" in found
    assert "blue ball, toy, round, noto style, low quality" in found


def test_captions_are_filled_up_as_the_engine_fills_prompts_up() -> None:
    known = captions.vocabulary([ROW])
    line = captions.Tokens(known)([", ".join([ROW.subject, *ROW.words])])[0]
    tokens = [known[place] for place in line]
    assert len(tokens) == captions.LENGTH
    assert tokens[1:4] == encode("blue ball,")
    assert set(tokens[8:]) == {END}


def test_a_classifier_learns_the_names_and_the_evaluation_uses_it(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier, "STEPS", 40)
    monkeypatch.setattr(classifier, "BATCH", 16)
    monkeypatch.setattr(evaluation, "SHEET_PROMPTS", ("red ball", "gray bar"))
    monkeypatch.setitem(export.DEFAULTS, "steps", 2)
    report = evaluation.evaluate(trained, JobContext(), count=4, recipe=SMALL)
    assert report.real[0] > 0.8
    assert report.painted[1] == 1  # three names: five guesses cannot miss
    assert Image.open(trained / evaluation.SHEET).size == (2 * SMALL.size, SMALL.size)


def test_diffusers_reads_the_file_with_our_configuration(trained: Path, tmp_path: Path) -> None:
    folder = configuration.write(SMALL, tmp_path / "configuration")
    pipeline = StableDiffusionPipeline.from_single_file(
        str(export.path(trained)), config=str(folder), tokenizer=None, local_files_only=True
    )
    ours = load(export.path(trained))
    assert pipeline.scheduler.config["prediction_type"] == "v_prediction"
    assert pipeline.vae.config["scaling_factor"] == ours.scaling_factor
    for theirs, net in zip((pipeline.text_encoder, pipeline.unet, pipeline.vae), ours.nets, strict=True):
        state = {name.removeprefix("text_model."): tensor for name, tensor in theirs.state_dict().items()}
        for name, tensor in net.state_dict().items():
            torch.testing.assert_close(state[name.removeprefix("text_model.")], tensor, msg=name)
