"""The prompt language against what the web UI itself answered."""

import json
from pathlib import Path

import pytest

from studio.core.prompt import NetworkTag, extract_batch_networks, extract_networks, parse_emphasis, schedule, split_and

GOLDEN = Path(__file__).parents[1] / "data" / "golden"


def cases(name: str, key: str = "cases") -> list[dict]:
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))[key]


def number(value: float | str) -> float:
    return float(value)  # weights that are not finite are stored as their repr


@pytest.mark.parametrize("case", [c for c in cases("prompt_attention") if "error" not in c], ids=lambda c: c["prompt"])
def test_emphasis(case: dict) -> None:
    result = parse_emphasis(case["prompt"])
    assert [text for text, _ in result] == [text for text, _ in case["result"]]
    weights = [number(weight) for _, weight in case["result"]]
    assert [weight for _, weight in result] == pytest.approx(weights, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("case", [c for c in cases("prompt_attention") if "error" in c], ids=lambda c: c["prompt"])
def test_emphasis_where_the_web_ui_fails_reads_the_number_as_text(case: dict) -> None:
    assert parse_emphasis(case["prompt"]) == [(case["prompt"][1:-1], 1.1)]


CONFIGS = [tuple(config.values()) for config in cases("prompt_schedules", "configs")]


@pytest.mark.parametrize("case", cases("prompt_schedules"), ids=lambda c: c["prompt"])
def test_schedule(case: dict) -> None:
    result = [[list(entry) for entry in schedule(case["prompt"], *config)] for config in CONFIGS]
    assert result in (case["schedules"], case.get("lark_1_3_1"))


@pytest.mark.parametrize("case", cases("prompt_multicond"), ids=lambda c: repr(c["prompts"]))
def test_split_and(case: dict) -> None:
    numbers: dict[str, int] = {}
    indexes = [
        [[numbers.setdefault(text, len(numbers)), weight] for text, weight in split_and(prompt)]
        for prompt in case["prompts"]
    ]
    assert indexes == case["indexes"]
    assert list(numbers) == case["flat"]


def by_kind(tags: list[NetworkTag]) -> dict[str, list[dict]]:
    kinds: dict[str, list[dict]] = {}
    for tag in tags:
        row = {"items": list(tag.items), "positional": list(tag.positional), "named": tag.named}
        kinds.setdefault(tag.kind, []).append(row)
    return kinds


@pytest.mark.parametrize("case", cases("extra_networks"), ids=lambda c: c["prompt"])
def test_extract_networks(case: dict) -> None:
    text, tags = extract_networks(case["prompt"])
    assert (text, by_kind(tags)) == (case["text"], case["networks"])


@pytest.mark.parametrize("case", cases("extra_networks", "batches"), ids=lambda c: repr(c["prompts"]))
def test_the_first_prompt_of_a_batch_decides_its_networks(case: dict) -> None:
    texts, tags = extract_batch_networks(case["prompts"])
    assert (texts, by_kind(tags)) == (case["texts"], case["networks"])


@pytest.mark.parametrize("case", cases("extra_networks", "lora_activate"), ids=lambda c: c["prompt"])
def test_strengths(case: dict) -> None:
    tags = [tag for tag in extract_networks(case["prompt"])[1] if tag.kind in ("lora", "lyco")]
    assert [tag.name for tag in tags] == case["names"]
    assert [tag.te for tag in tags] == case["te"]
    assert [tag.unet for tag in tags] == case["unet"]
    assert [tag.dyn for tag in tags] == case["dyn"]
