"""Tags of networks put in, taken out and weighed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.prompt import extract_networks
from studio.core.prompt.network_edit import has_network, placed_tags, with_network, with_weight, without_network

NAMES = st.text(st.characters(categories=("L", "N"), include_characters=" ._-"), min_size=1, max_size=12)
PROMPTS = st.text(st.sampled_from("ab ,()[]:<>=lora10.\n猫"), max_size=60)


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ("", "<lora:hair:0.8>"),
        ("a cat", "a cat <lora:hair:0.8>"),
        ("a cat, ", "a cat <lora:hair:0.8>"),
        ("<lora:hair:0.3> a cat", "<lora:hair:0.3> a cat"),
    ],
)
def test_a_network_goes_to_the_end_once(prompt: str, wanted: str) -> None:
    assert with_network(prompt, "hair", 0.8) == wanted


def test_trigger_words_come_and_go_with_it() -> None:
    prompt = with_network("a cat", "hair", 1, "long hair, blonde")
    assert prompt == "a cat, long hair, blonde <lora:hair:1>"
    assert without_network(prompt, "hair", "long hair, blonde") == "a cat"
    assert without_network("hair day <lora:hair:1>", "hair", "hair") == "hair day"
    assert without_network("x <lora:b:1> <lora:hair:1>", "hair") == "x <lora:b:1>"


@given(PROMPTS, NAMES, st.floats(-3, 3))
def test_what_is_put_in_is_found_and_taken_out_again(prompt: str, name: str, weight: float) -> None:
    there = with_network(prompt, name, weight)
    assert has_network(there, name)
    assert not has_network(without_network(there, name), name)


@pytest.mark.parametrize(
    ("prompt", "part", "wanted"),
    [
        ("x <lora:a:1> y", "te", "x <lora:a:0.35> y"),
        ("<lora:a>", "te", "<lora:a:0.35>"),
        ("<lora:a:1:0.5>", "te", "<lora:a:0.35:0.5>"),
        ("<lora:a:1:0.5:8>", "unet", "<lora:a:1:0.35:8>"),
        ("<lora:a:1>", "unet", "<lora:a:1:0.35>"),
        ("<lora:a>", "unet", "<lora:a:unet=0.35>"),
        ("<lora:a:te=0.5:unet=1:dyn=64>", "unet", "<lora:a:te=0.5:unet=0.35:dyn=64>"),
        ("<lyco:a:dyn=64>", "te", "<lyco:a:0.35:dyn=64>"),
    ],
)
def test_a_weight_is_written_as_the_tag_has_it(prompt: str, part: str, wanted: str) -> None:
    assert with_weight(prompt, 0, 0.35, part) == wanted


@given(PROMPTS, st.lists(st.tuples(NAMES, st.sampled_from([":1", "", ":0.5:2", ":te=1", ":unet=0.1"])), min_size=1),
       st.data())  # fmt: skip
def test_only_one_weight_changes(prompt: str, tags: list[tuple[str, str]], data: st.DataObject) -> None:
    text = prompt.replace("<", "") + "".join(f" <lora:{name}{rest}>" for name, rest in tags)
    at = data.draw(st.integers(0, len(tags) - 1))
    after = with_weight(text, at, 0.25)
    before, now = extract_networks(text), extract_networks(after)
    assert now[0] == before[0]
    assert now[1][at].te == 0.25
    assert [t for n, t in enumerate(now[1]) if n != at] == [t for n, t in enumerate(before[1]) if n != at]


def test_a_weight_that_changes_over_the_steps_is_no_number() -> None:
    (placed,) = placed_tags("<lora:a:[0.2:1:0.5]>")
    assert (placed.te, placed.unet) == (None, None)
