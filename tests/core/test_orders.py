from pathlib import Path

import pytest

from studio.core import orders
from studio.core.errors import UnknownName
from studio.core.paths import Places
from studio.core.request import GenerateRequest, HiresFix
from studio.core.seeds import with_seeds
from studio.core.styles import Style, save_style

ORDER = GenerateRequest(prompt="a {red|blue|green|white|black} __pet__ # note", seed=7, batch_size=2, batch_count=3)


def home(tmp_path: Path) -> Places:
    places = Places(tmp_path)
    places.wildcards.mkdir(parents=True)
    (places.wildcards / "pet.txt").write_text("cat\ndog\n鸟\n", "utf-8")
    return places


def test_each_picture_counts_its_seed_and_draws_its_own_wildcards(tmp_path: Path) -> None:
    images = orders.images(ORDER, home(tmp_path))
    assert [image.seed for image in images] == [7, 8, 9, 10, 11, 12]
    assert len({image.prompt for image in images}) > 2
    for image in images:
        assert not set("{}_#") & set(image.prompt)
        assert image.template == "a {red|blue|green|white|black} __pet__ "
        assert image.image_count == 1
        assert orders.images(image, Places(tmp_path)) == [image]  # a picture's request asks for that picture


def test_a_variation_shares_the_seed(tmp_path: Path) -> None:
    order = GenerateRequest(seed=3, variation_seed=40, variation_strength=0.2, batch_size=2)
    images = orders.images(order, Places(tmp_path))
    assert [(image.seed, image.variation_seed) for image in images] == [(3, 40), (3, 41)]


def test_without_variation_its_seed_has_no_meaning(tmp_path: Path) -> None:
    assert orders.images(GenerateRequest(seed=1, variation_seed=9), Places(tmp_path))[0].variation_seed == -1


def test_missing_wildcards_stay_and_are_not_asked_for_again(tmp_path: Path) -> None:
    image = orders.images(GenerateRequest(seed=1, prompt="__nothing__"), Places(tmp_path))[0]
    assert (image.prompt, image.wildcards) == ("__nothing__", False)


def test_hires_prompts_are_replaced_too(tmp_path: Path) -> None:
    order = ORDER.model_copy(update={"hires": HiresFix(prompt="{x|y}", negative_prompt="z # note")})
    hires = orders.images(order, home(tmp_path))[0].hires
    assert hires is not None
    assert (hires.prompt in "xy", hires.negative_prompt) == (True, "z ")


def test_random_seeds_are_drawn_once() -> None:
    drawn = with_seeds(GenerateRequest(variation_strength=0.5))
    assert drawn.seed >= 0 <= drawn.variation_seed
    assert with_seeds(drawn) == drawn
    assert with_seeds(GenerateRequest(seed=4)).variation_seed == -1


def test_styles_are_put_in_first_and_an_unknown_one_is_an_error(tmp_path: Path) -> None:
    places = home(tmp_path)
    save_style(places.styles, Style("Mood", "{prompt}, {dark|light}", "ugly"))
    image = orders.images(GenerateRequest(seed=2, prompt="a cat", styles=("Mood",)), places)[0]
    assert image.prompt in ("a cat, dark", "a cat, light")
    assert (image.negative_prompt, image.styles) == ("ugly", ())
    with pytest.raises(UnknownName, match=r"Modo.*Mood"):
        orders.images(GenerateRequest(seed=2, styles=("Modo",)), places)
