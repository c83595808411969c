"""What becomes of a prompt: counter, chunks, ruler."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.request import GenerateRequest, HiresFix
from studio.ui.panels.prompt_facts import look, questions
from studio.ui.widgets.timeline_ruler import Band


def facts(prompt: str, **values: object):
    return look(questions(GenerateRequest(prompt=prompt, **values))[0])


def test_a_switch_shows_when_it_happens() -> None:
    assert facts("a [cat:dog:0.5] here", steps=10).rows == ((Band(0, 6, "cat"), Band(6, 10, "dog")),)


def test_the_hires_pass_follows_the_first() -> None:
    found = facts("[a:b:0.5] [c:d:1.5]", steps=10, hires=HiresFix(steps=4))
    assert found.hires_steps == 4
    assert found.rows[0] == (Band(0, 6, "a"), Band(6, 10, "b"), Band(10, 14, "b"))
    assert found.rows[1] == (Band(0, 10, "c"), Band(10, 13, "c"), Band(13, 14, "d"))


def test_methods_that_call_the_model_twice_switch_twice_as_early() -> None:
    assert facts("[a:b:10]", steps=20, sampler="Heun").rows == ((Band(0, 5.5, "a"), Band(5.5, 20, "b")),)


def test_a_second_pass_with_a_prompt_of_its_own_is_shown_there() -> None:
    hires = HiresFix(steps=4, prompt="[c:d:0.5]", negative_prompt="ugly")
    asked = questions(GenerateRequest(prompt="[a:b:0.5]", negative_prompt="[e:f:2]", steps=10, hires=hires))
    first, negative, second, second_negative = map(look, asked)
    assert (first.rows, first.hires_steps) == (((Band(0, 6, "a"), Band(6, 10, "b")),), 0)
    assert negative.hires_steps == 0
    assert (second.steps, second.hires_steps) == (4, 0)
    assert second.rows == ((Band(0, 4, "d"),),)
    assert (second_negative.rows, second_negative.count) == ((), 1)


def test_the_second_pass_counts_the_calls_of_its_own_sampler() -> None:
    hires = HiresFix(steps=10, sampler="Heun")
    (rows,) = facts("[a:b:1.5]", steps=10, hires=hires).rows
    assert rows == (Band(0, 10, "a"), Band(10, 15.5, "a"), Band(15.5, 20, "b"))


def test_what_never_changes_has_no_ruler() -> None:
    assert facts("a (cat:1.2), dog").rows == ()


def test_networks_and_comments_cost_no_tokens() -> None:
    assert facts("a cat <lora:long name:0.8> # a whole sentence nobody counts").count == 2


def test_chunks_are_marked_where_they_begin_in_the_editor() -> None:
    prompt = "# note\n" + "cat " * 75 + "dog " * 10
    found = facts(prompt)
    assert (found.count, found.room) == (85, 150)
    assert prompt[found.boundaries[0] :].startswith("dog")
    assert [chunk.count for chunk in found.chunks] == [75, 10]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab ()[]:|,.15<>_#\n{}\\ANDBREK", max_size=50), st.integers(1, 30))
def test_any_text_has_facts_within_the_run(prompt: str, steps: int) -> None:
    found = facts(prompt, steps=steps, hires=HiresFix())
    assert 0 <= found.count <= found.room
    for row in found.rows:
        assert all(0 <= band.start < band.end <= 2 * steps for band in row)
        assert all(left.end == right.start for left, right in pairwise(row))
    assert all(0 <= at <= len(prompt) for at in found.boundaries)
