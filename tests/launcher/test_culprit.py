"""The extensions to blame are found, alone or together, with few starts; nothing of the user's is touched."""

import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Cancelled, FileProblem
from studio.core.job import JobContext, Progress
from studio.launcher import culprit
from studio.launcher.culprit import by_evidence, find_culprit, probe_argv, probe_settings
from studio.launcher.diagnose import diagnose

NAMES = [f"extension-{number}" for number in range(30)]
LOGS = Path(__file__).parents[1] / "data" / "launcher" / "logs"


def failing_with(*guilty: str) -> Callable[[frozenset[str]], bool]:
    return lambda enabled: not set(guilty) <= enabled


@pytest.mark.parametrize("guilty", NAMES)
def test_a_single_one_is_found(guilty: str) -> None:
    found = find_culprit(NAMES, failing_with(guilty))
    assert (found.result, found.culprits) == (culprit.FAULTY, (guilty,))
    assert found.probes <= 14


def test_pairs_are_found() -> None:
    chance = random.Random(1)  # noqa: S311
    for _ in range(60):
        pair = sorted(chance.sample(NAMES, 2), key=NAMES.index)
        found = find_culprit(NAMES, failing_with(*pair))
        assert found.culprits == tuple(pair)
        assert found.probes <= 26


@given(st.integers(1, 24), st.data())
@settings(max_examples=80, deadline=None)
def test_any_set_is_found_whole_and_without_others(number: int, data: st.DataObject) -> None:
    names = NAMES[:number]
    guilty = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=4))
    found = find_culprit(names, failing_with(*guilty))
    assert set(found.culprits) == guilty


def test_one_of_two_independent_culprits_is_found() -> None:
    found = find_culprit(NAMES, lambda enabled: not enabled & {NAMES[3], NAMES[20]})
    assert found.culprits in ((NAMES[3],), (NAMES[20],))


def test_no_start_is_made_twice_but_to_confirm() -> None:
    asked: list[frozenset[str]] = []

    def probe(enabled: frozenset[str]) -> bool:
        asked.append(enabled)
        return not {NAMES[4], NAMES[19]} <= enabled

    found = find_culprit(NAMES, probe)
    assert found.probes == len(asked)
    repeated = {each for each in asked if asked.count(each) > 1}
    assert all(len(each) <= 2 for each in repeated)


def test_evidence_saves_starts() -> None:
    found = find_culprit(NAMES, failing_with(NAMES[17]), suspects=["unknown", NAMES[17]])
    assert (found.culprits, found.probes) == ((NAMES[17],), 2)


def test_wrong_evidence_costs_little() -> None:
    found = find_culprit(NAMES, failing_with(NAMES[17]), suspects=[NAMES[2]])
    assert found.culprits == (NAMES[17],)
    assert found.probes <= 16


def test_a_suspect_that_fails_only_beside_another_is_found_with_it() -> None:
    found = find_culprit(NAMES, failing_with(NAMES[1], NAMES[25]), suspects=[NAMES[25]])
    assert found.culprits == (NAMES[1], NAMES[25])


def test_evidence_is_ordered() -> None:
    found = diagnose((LOGS / "missing-module.txt").read_text("utf-8"))
    assert by_evidence(found, ["b", "sd-webui-swap"]) == ["sd-webui-swap", "b"]


def test_what_is_not_an_extension_is_said() -> None:
    assert find_culprit(NAMES, lambda _: False).result == culprit.NOT_EXTENSIONS
    assert find_culprit(NAMES, lambda _: True).result == culprit.NONE_NEEDED
    assert find_culprit([], lambda _: False).result == culprit.NOT_EXTENSIONS
    assert find_culprit([], lambda _: True).result == culprit.NONE_NEEDED


@pytest.mark.parametrize("wrong_at", range(1, 14))
def test_one_wrong_answer_does_no_harm(wrong_at: int) -> None:
    count = 0

    def probe(enabled: frozenset[str]) -> bool:
        nonlocal count
        count += 1
        return (NAMES[11] not in enabled) != (count == wrong_at)

    found = find_culprit(NAMES, probe)
    assert found.culprits in ((NAMES[11],), ()), "nobody innocent is blamed"
    if not found.culprits:
        assert found.result == culprit.UNSTEADY


def test_what_fails_by_chance_is_never_blamed_on_someone_for_sure() -> None:
    chance = random.Random(3)  # noqa: S311
    results = {find_culprit(NAMES, lambda _: chance.random() < 0.5).result for _ in range(30)}
    assert results - {culprit.FAULTY}


def test_it_can_be_stopped_and_tells_how_far_it_is() -> None:
    told: list[Progress] = []
    context = JobContext(lambda _, value: told.append(value) if isinstance(value, Progress) else None)

    def probe(enabled: frozenset[str]) -> bool:
        if len(told) == 3:
            context.cancel()
        return NAMES[5] not in enabled

    with pytest.raises(Cancelled):
        find_culprit(NAMES, probe, context=context)
    assert [each.done for each in told] == [0, 1, 2]
    assert all(each.done < each.total for each in told)


# the probe's own settings


def written(path: Path, values: dict[str, object]) -> Path:
    path.write_text(json.dumps(values), "utf-8")
    return path


def disabled(path: Path) -> Iterable[str]:
    return json.loads(path.read_text("utf-8"))["disabled_extensions"]


def test_the_users_settings_stay_as_they_are(tmp_path: Path) -> None:
    config = written(
        tmp_path / "config.json", {"disabled_extensions": ["off"], "disable_all_extensions": "extra", "标题": "画"}
    )
    for name in ("a", "b", "c", "off"):
        (tmp_path / "extensions" / name).mkdir(parents=True)
    before = config.read_bytes()
    target = probe_settings(config, {"b", "off"}, tmp_path / "探测 folder" / "probe.json")
    assert config.read_bytes() == before
    assert disabled(target) == ["a", "c"]
    values = json.loads(target.read_text("utf-8"))
    assert values["disable_all_extensions"] == "none"
    assert values["标题"] == "画"


def test_a_missing_file_counts_as_empty_a_broken_one_is_told(tmp_path: Path) -> None:
    target = probe_settings(tmp_path / "config.json", {"a"}, tmp_path / "p.json", ["a", "b"])
    assert disabled(target) == ["b"]
    for text in ("{", "[]"):
        (tmp_path / "bad.json").write_text(text)
        with pytest.raises(FileProblem):
            probe_settings(tmp_path / "bad.json", (), tmp_path / "p.json", [])
    with pytest.raises(FileProblem):
        probe_settings(target, (), target, [])


def test_the_arguments_of_a_probe(tmp_path: Path) -> None:
    own = ["--xformers", "--port", "7860", "--listen", "--ui-settings-file=mine.json", "--ckpt", "a b.safetensors"]
    assert probe_argv(own, tmp_path / "p.json", 7999) == [
        "--xformers", "--ckpt", "a b.safetensors", "--ui-settings-file", str(tmp_path / "p.json"), "--port", "7999",
        "--ui-debug-mode", "--skip-install", "--skip-version-check", "--skip-python-version-check",
    ]  # fmt: skip
