"""What is said of command lines: each row with a hit and a look-alike."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.catalog.flag_lint import FLAG_LINT, SINGLE
from studio.catalog.webui_flags import KNOWN_FLAGS
from studio.core.nvidia import Card
from studio.launcher.command_line import given as flags_given
from studio.launcher.command_line import split
from studio.launcher.flags import Flag, FlagTable, read_file
from studio.launcher.launch_options import LaunchOptions, argv
from studio.launcher.lint import Finding, explain, lint

DATA = Path(__file__).parents[1] / "data" / "launcher"
A1111 = read_file(DATA, "a1111_cmd_args.py")
FORGE = read_file(DATA, "forge_args.py")

# row -> a command line it is for, one that looks like it but is fine
CASES = {
    "open_page": ("--listen", "--listen --gradio-auth me:secret"),
    "open_api": ("--share --api --gradio-auth a:b", "--share --api --gradio-auth a:b --api-auth a:b"),
    "open_extensions": ("--enable-insecure-extension-access", "--listen --gradio-auth a:b"),
    "unsafe_models": ("--disable-safe-unpickle", "--disable-nan-check"),
    "code": ("--allow-code", "--no-hashing"),
    "any_origin": ("--api --cors-allow-origins *", "--api --cors-allow-origins http://localhost:3000"),
    "whole_disk": ("--gradio-allowed-path /", "--gradio-allowed-path /mnt/pictures"),
    "low_and_medium": ("--lowvram --medvram", "--lowvram"),
    "medium_twice": ("--medvram --medvram-sdxl", "--medvram-sdxl"),
    "attentions": ("--xformers --opt-sdp-attention", "--xformers --xformers"),
    "full_without": ("--precision full", "--precision full --no-half"),
    "half_and_full": ("--precision half --no-half", "--precision autocast --no-half"),
    "upcast_in_vain": ("--upcast-sampling --no-half", "--upcast-sampling --no-half-vae"),
    "vae_in_vain": ("--no-half --no-half-vae", "--no-half-vae"),
    "cpu_in_half": ("--use-cpu all", "--use-cpu interrogate"),
    "cpu_and_xformers": ("--use-cpu all --no-half --xformers", "--use-cpu all --no-half"),
    "cpu_and_vram": ("--use-cpu all --no-half --medvram", "--use-cpu interrogate --medvram"),
    "flash_alone": ("--xformers-flash-attention", "--xformers-flash-attention --xformers"),
    "chunks_alone": ("--sub-quad-q-chunk-size 512", "--sub-quad-q-chunk-size 512 --opt-sub-quad-attention"),
    "late_model": ("--skip-load-model-at-start", "--skip-load-model-at-start --nowebui"),
    "api_flags_alone": ("--api-log", "--api --api-log"),
    "page_flags_alone": ("--nowebui --theme dark", "--theme dark"),
    "api_twice": ("--nowebui --api", "--nowebui"),
    "key_alone": ("--tls-keyfile k.pem", "--tls-keyfile k.pem --tls-certfile c.pem"),
    "certificate_alone": ("--tls-certfile c.pem", "--tls-keyfile k.pem --tls-certfile c.pem"),
    "two_addresses": ("--listen --server-name box", "--server-name box"),
    "two_links": ("--share --ngrok token", "--share"),
    "browser": ("--autolaunch", "--theme dark"),
    "no_nan_check": ("--disable-nan-check", "--no-half-vae"),
    "no_cuda_test": ("--skip-torch-cuda-test", "--skip-torch-cuda-test --use-cpu all --no-half"),
    "reinstall_each": ("--reinstall-torch", "--skip-install"),
    "update_each": ("--update-all-extensions", "--update-check"),
    "test_mode": ("--ui-debug-mode", "--gradio-debug"),
    "ends": ("--exit", "--log-startup"),
    "extensions_twice": ("--disable-all-extensions --disable-extra-extensions", "--disable-extra-extensions"),
    "frozen": ("--freeze-settings", "--freeze-settings-in-sections upscaling"),
    "unprepared": ("--skip-install", "--skip-version-check"),
    "force_xformers": ("--force-enable-xformers", "--xformers"),
    "channels_last": ("--opt-channelslast", "--opt-sdp-attention"),
    "lowram": ("--lowram", "--lowvram"),
    "tls_unchecked": ("--disable-tls-verify", "--tls-keyfile k --tls-certfile c"),
    "unknown": ("--medvarm", "--medvram"),
    "no_value": ("--port --listen", "--port 7860 --listen"),
    "not_a_choice": ("--precision fp16", "--precision=full --no-half"),
    "not_a_number": ("--port abc", "--port 8000"),
    "stray": ("--ckpt D:/my models/it.ckpt", "--ckpt 'D:/my models/it.ckpt'"),
    "twice": ("--port 1234 --port 2345", "--styles-file a --styles-file b"),
    "no_op": ("--deepdanbooru", "--medvram"),
    "port": ("--port 80", "--port 8080"),
}  # fmt: skip


def keys(text: str) -> set[str]:
    return {finding.key for finding in lint(split(text), A1111)}


@pytest.mark.parametrize("key", CASES)
def test_hit_and_look_alike(key: str) -> None:
    hit, look_alike = CASES[key]
    assert key in keys(hit)
    assert key not in keys(look_alike)


def test_every_row_has_its_case() -> None:
    rows = {row.key for row in FLAG_LINT} | {row[0] for row in SINGLE}
    assert rows - set(CASES) == {"tier", "xformers_vendor", "exclusive", "no_flag"}
    assert all("{flags}" in row.text for row in FLAG_LINT if row.given and not row.machine)


def test_rows_name_flags_that_exist() -> None:
    names = {
        text.partition("=")[0] for row in FLAG_LINT for group in (*row.given, row.without, row.among) for text in group
    }
    assert {name for name in names if name not in A1111} == {"--auth", "--auth-file"}


def test_of_the_machine() -> None:
    options = LaunchOptions(vram="12 GB or more")
    small, large = Card("x", 6144, 8.6, "551"), Card("x", 24564, 8.6, "551")
    assert "tier" in {found.key for found in lint([], A1111, options, small)}
    assert "tier" not in {found.key for found in lint([], A1111, options, large)}
    assert "xformers_vendor" in {found.key for found in lint(["--xformers"], A1111, has_nvidia=False)}
    assert "xformers_vendor" not in {found.key for found in lint(["--xformers"], A1111)}
    assert "xformers_vendor" not in {found.key for found in lint(["--opt-sdp-attention"], A1111, has_nvidia=False)}


def test_groups_of_the_source_exclude_each_other() -> None:
    (finding,) = lint(["--attention-split", "--attention-quad"], FORGE)
    assert (finding.key, finding.flags) == ("exclusive", ("--attention-split", "--attention-quad"))
    assert lint(["--attention-split", "--disable-xformers"], FORGE) == []


def test_options_without_a_flag_are_told() -> None:
    options = LaunchOptions(theme="dark", api=False)
    found = lint(argv(options, FORGE), FORGE, options)
    assert [finding.values["option"] for finding in found] == ["Theme"]
    assert str(found[0]) == "This version has no flag for the option “Theme”. It is left out at the start."


def test_defaults_are_fine() -> None:
    for options in (LaunchOptions(), LaunchOptions(vram="4-6 GB", attention="xformers"), LaunchOptions(use_cpu=True)):
        assert [found for found in lint(argv(options, A1111), A1111, options) if found.severity != "note"] == []
    assert lint([], A1111) == []


def test_the_worst_comes_first_and_texts_are_filled() -> None:
    found = lint(split("--no-half --upcast-sampling --medvarm --listen"), A1111)
    assert [finding.severity for finding in found] == ["danger", "warning", "note"]
    assert str(found[0]).startswith("--listen: everybody who reaches this machine")
    assert "Did you mean --medvram" in str(found[1])


def test_older_versions_used_what_later_ones_ignore() -> None:
    older = FlagTable(
        (
            Flag(("--max-batch-count",), type="int", help="the highest batch count"),
            Flag(("--idle",), help="Does nothing."),
        )
    )
    assert lint(["--max-batch-count", "4"], older) == []
    assert explain(["--max-batch-count", "4"], older)[0].help == "the highest batch count"
    assert {found.key for found in lint(["--idle", "x"], older)} == {"no_op"}
    assert {found.key for found in lint(["--max-batch-count", "4"])} == {"no_op"}


def test_without_a_table_only_what_is_known_is_said() -> None:
    assert {found.key for found in lint(["--whatever", "--listen"])} == {"open_page"}


@given(st.lists(st.sampled_from([*(known.name for known in KNOWN_FLAGS), "x", "7860", "--precision=full", "all", ""])))
def test_any_command_line_can_be_looked_over(arguments: list[str]) -> None:
    for table in (A1111, FlagTable()):
        assert all(isinstance(finding, Finding) and str(finding) for finding in lint(arguments, table))
        assert [text for each in explain(arguments, table) for text in each.arguments] == [
            part for text in arguments for part in _parts(text)
        ]


def _parts(text: str) -> list[str]:
    name, equals, value = text.partition("=")
    return [name, value] if equals else [text]


def test_a_command_line_is_explained() -> None:
    found = explain(split("--medvram --port 7900 --gradio-debug --use-cpu sd all --what ever"), A1111)
    assert [each.arguments for each in found] == [
        ("--medvram",), ("--port", "7900"), ("--gradio-debug",), ("--use-cpu", "sd", "all"), ("--what", "ever"),
    ]  # fmt: skip
    assert found[0].title == "Medium memory"
    assert found[2].help == "gradio tells more"  # the version's own words where we have none
    assert found[2].source == "a1111_cmd_args.py"
    assert (found[4].title, found[4].help) == ("", "")


def test_values_are_read_as_argparse_reads_them() -> None:
    found = list(
        flags_given(["--port=1", "--use-cpu", "a", "b", "--listen", "x", "--device-id", "-1", "--prec", "full"], A1111)
    )
    assert [(each.name, each.values) for each in found] == [
        ("--port", ("1",)), ("--use-cpu", ("a", "b")), ("--listen", ()), ("x", ()), ("--device-id", ("-1",)),
        ("--precision", ("full",)),
    ]  # fmt: skip
