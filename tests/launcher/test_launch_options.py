"""Options: kept per install, turned into the words of a version, reset; text to arguments and back."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.catalog.webui_flags import KNOWN_FLAGS, LEVEL_TITLES, SPELLINGS, VRAM_TIERS
from studio.core.errors import BadRequest, FileProblem
from studio.core.nvidia import Card
from studio.core.paths import Places
from studio.launcher import launch_options
from studio.launcher.command_line import join, split
from studio.launcher.flags import Flag, FlagTable, read_file
from studio.launcher.launch_options import LaunchOptions, Variable, argv, environment, tier_of

DATA = Path(__file__).parents[1] / "data" / "launcher"
A1111 = read_file(DATA, "a1111_cmd_args.py")
FORGE = read_file(DATA, "forge_args.py")
NONE = FlagTable()
PLAIN = LaunchOptions(vram="12 GB or more", api=False)


def card(memory_mib: int) -> Card:
    return Card("card", memory_mib, 8.6, "551.86")


@pytest.mark.parametrize(
    ("memory_mib", "tier", "flags"),
    [
        (2048, "Under 4 GB", ["--lowvram"]),
        (4096, "4-6 GB", ["--medvram"]),
        (6144, "6-8 GB", ["--medvram"]),
        (8188, "8-12 GB", ["--medvram-sdxl"]),
        (10240, "8-12 GB", ["--medvram-sdxl"]),
        (12288, "12 GB or more", []),
        (24564, "12 GB or more", []),
    ],
)
def test_tier_follows_the_card(memory_mib: int, tier: str, flags: list[str]) -> None:
    assert tier_of(memory_mib) == tier
    assert argv(LaunchOptions(api=False), A1111, card(memory_mib)) == flags


def test_without_a_card_nothing_is_said_of_memory() -> None:
    assert argv(LaunchOptions(api=False), A1111) == []
    assert argv(LaunchOptions(vram="Under 4 GB", api=False), A1111) == ["--lowvram"]


def test_a_tier_for_larger_cards_is_noticed() -> None:
    assert launch_options.exceeds(LaunchOptions(vram="12 GB or more"), card(8188))
    assert not launch_options.exceeds(LaunchOptions(vram="4-6 GB"), card(8188))
    assert not launch_options.exceeds(LaunchOptions(), card(8188))
    assert not launch_options.exceeds(LaunchOptions(vram="12 GB or more"), None)


@pytest.mark.parametrize(
    ("changes", "arguments"),
    [
        ({"api": True}, ["--api", "--api-server-stop"]),
        ({"attention": "xformers"}, ["--xformers"]),
        ({"attention": "SDP"}, ["--opt-sdp-attention"]),
        ({"precision": "full"}, ["--precision", "full", "--no-half"]),
        ({"precision": "half"}, ["--precision", "half"]),
        ({"no_half_vae": True}, ["--no-half-vae"]),
        ({"port": 7900}, ["--port", "7900"]),
        ({"listen": True, "password": "me:secret word"}, ["--listen", "--gradio-auth", "me:secret word"]),
        ({"theme": "dark", "extensions": "built-in only"}, ["--theme", "dark", "--disable-extra-extensions"]),
        ({"extensions": "no extension"}, ["--disable-all-extensions"]),
        ({"models_folder": "D:\\my models\\"}, ["--models-dir", "D:\\my models\\"]),
        ({"device_id": "0"}, ["--device-id", "0"]),
        (
            {"flags": {"--loglevel": "DEBUG", "--log-startup": True, "--api-log": False}},
            ["--loglevel", "DEBUG", "--log-startup"],
        ),
        ({"flags": {"--use-cpu": ["sd", "gfpgan"]}}, ["--use-cpu", "sd", "gfpgan"]),
        ({"flags": {"--styles-file": ["a.csv", "b c.csv"]}}, ["--styles-file", "a.csv", "--styles-file", "b c.csv"]),
        ({"flags": {"--timeout-keep-alive": 60, "--subpath": "-x"}}, ["--timeout-keep-alive", "60", "--subpath=-x"]),
        ({"flags": {"--ngrok-options": {"a": True}}}, ["--ngrok-options", '{"a": true}']),
        ({"flags": {"--autolaunch": True}}, []),
        ({"free_text": '--ckpt "D:\\a b\\it.safetensors"'}, ["--ckpt", "D:\\a b\\it.safetensors"]),
        ({"open_browser": True, "browser": "x", "restart_after_crash": True}, []),
    ],
)
def test_options_in_the_words_of_the_web_ui(changes: dict[str, object], arguments: list[str]) -> None:
    assert argv(PLAIN.model_copy(update=changes), A1111) == arguments
    assert argv(PLAIN.model_copy(update=changes), NONE)[: len(arguments)][:1] == arguments[:1]


def test_another_version_has_other_words() -> None:
    options = LaunchOptions(vram="Under 4 GB", attention="sub-quadratic", precision="full", port=7000, device_id="1")
    assert argv(options, FORGE) == ["--always-low-vram", "--attention-quad", "--all-in-fp32", "--gpu-device-id", "1"]
    assert set(launch_options.unsupported(options, FORGE)) == {"port", "api"}
    assert launch_options.unsupported(options, A1111) == []


def test_a_choice_that_a_version_does_not_take_is_not_said() -> None:
    older = FlagTable((Flag(("--precision",), choices=("full", "autocast")), Flag(("--no-half",), action="store_true")))
    assert argv(PLAIN.model_copy(update={"precision": "half"}), older) == []
    assert argv(PLAIN.model_copy(update={"precision": "full"}), older) == ["--precision", "full", "--no-half"]


def test_hidden_flags_are_not_used() -> None:
    """Some versions still take old flags, hidden from their help, and do nothing with them."""
    hidden = FlagTable(
        (Flag(("--no-half-vae",), action="store_true", is_hidden=True), Flag(("--fp32-vae",), action="store_true"))
    )
    assert argv(PLAIN.model_copy(update={"no_half_vae": True}), hidden) == ["--fp32-vae"]


def test_every_spelling_is_taken_by_argparse_of_a_version() -> None:
    """Each row can be reached by its option, and its first words exist in the version it was written for."""
    for row in SPELLINGS:
        value = "7000" if "{}" in row.ways[0] else row.value
        value = int(value) if row.field == "port" else value
        options = LaunchOptions.model_validate({**PLAIN.model_dump(), row.field: value})
        found = argv(options, NONE)
        assert found == [text.replace("{}", str(value)) for text in row.ways[0]], row
        if row.ways[0][0] != "--always-low-vram":
            assert all(text in A1111 for text in row.ways[0] if text.startswith("--")), row


def test_known_flags_are_said_once_and_levels_are_complete() -> None:
    names = [known.name for known in KNOWN_FLAGS]
    assert len(names) == len(set(names))
    assert set(launch_options.LEVELS) == set(LaunchOptions.model_fields)
    assert set(LEVEL_TITLES) == set(launch_options.ORDER)
    simple, advanced, expert = (launch_options.names_at(level) for level in launch_options.ORDER)
    assert set(simple) < set(advanced) < set(expert) == set(LaunchOptions.model_fields)
    assert {known.level for known in KNOWN_FLAGS} == set(launch_options.ORDER)
    assert sum(known.name in A1111 for known in KNOWN_FLAGS) > 90


def test_environment() -> None:
    variables = (Variable(name="A", value="1"), Variable(name="B", value="2", is_enabled=False), Variable(name=""))
    assert environment(LaunchOptions(environment=variables)) == {"A": "1"}
    assert environment(LaunchOptions(allocator="asynchronous")) == {
        "PYTORCH_CUDA_ALLOC_CONF": "backend:cudaMallocAsync"
    }
    assert "max_split_size_mb" in environment(LaunchOptions(), card(4096))["PYTORCH_CUDA_ALLOC_CONF"]
    assert environment(LaunchOptions(), card(8188)) == {}
    own = Variable(name="PYTORCH_CUDA_ALLOC_CONF", value="mine")
    assert environment(LaunchOptions(environment=(own,), allocator="asynchronous")) == {
        "PYTORCH_CUDA_ALLOC_CONF": "mine"
    }


def test_kept_per_install_and_reset(places: Places) -> None:
    options = LaunchOptions(
        port=7000, flags={"--x": [1, "画", None]}, environment=(Variable(name="A", value="ü"),), free_text="--y 'z'"
    )
    launch_options.save(places, "one", options)
    assert launch_options.load(places, "one") == options
    assert launch_options.load(places, "two") == LaunchOptions()
    assert launch_options.reset(options, "port", "flags") == options.model_copy(update={"port": 0, "flags": {}})
    assert launch_options.reset(options) == LaunchOptions()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", LaunchOptions()),
        ("[]", LaunchOptions()),
        ('{"port": 70000, "listen": true}', LaunchOptions(listen=True)),
        ('{"vram": "much", "share": true}', LaunchOptions(share=True)),
        ('{"no_such": 1, "theme": "dark"}', LaunchOptions(theme="dark")),
    ],
)
def test_unreadable_values_become_defaults(places: Places, text: str, expected: LaunchOptions) -> None:
    file = launch_options.path(places, "one")
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    assert launch_options.load(places, "one") == expected


def test_choices_are_kept_to() -> None:
    for tier in VRAM_TIERS:
        LaunchOptions(vram=tier.label)
    with pytest.raises(ValidationError):
        LaunchOptions(vram="much")
    with pytest.raises(ValidationError):
        LaunchOptions(attention="xformer")


def test_what_cannot_start_is_said_before(tmp_path: Path) -> None:
    launch_options.check(LaunchOptions())
    with pytest.raises(FileProblem):
        launch_options.check(LaunchOptions(browser=str(tmp_path / "none.exe")))
    with pytest.raises(BadRequest):
        launch_options.check(LaunchOptions(free_text='--ckpt "D:\\x'))
    wrong = Variable(name="A=B", value="1")
    launch_options.check(LaunchOptions(environment=(wrong.model_copy(update={"is_enabled": False}),)))
    with pytest.raises(BadRequest, match="A=B"):
        launch_options.check(LaunchOptions(environment=(wrong,)))


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("", []),
        ("  --a   --b=c\n--d ", ["--a", "--b=c", "--d"]),
        (
            '--ckpt-dir D:\\models\\sd --x "C:\\Program Files\\it"',
            ["--ckpt-dir", "D:\\models\\sd", "--x", "C:\\Program Files\\it"],
        ),
        ('--dir "D:\\my models\\" --y', ["--dir", "D:\\my models\\", "--y"]),
        ("--auth 'a b:c\"d'", ["--auth", 'a b:c"d']),
        ('--json "{\\"a\\": true}"', ["--json", '{"a": true}']),
        ('--e "" --f', ["--e", "", "--f"]),
        ("a'b c'\"d e\"f", ["ab cd ef"]),
        ("--路径 D:\\绘画\\模型", ["--路径", "D:\\绘画\\模型"]),
    ],
)
def test_text_is_split(text: str, arguments: list[str]) -> None:
    assert split(text) == arguments


@pytest.mark.parametrize("text", ['"', "a 'b", '--x "D:\\'])
def test_open_quotes_are_named(text: str) -> None:
    with pytest.raises(BadRequest):
        split(text)


@given(st.lists(st.text(st.sampled_from(list("ab \\\"'\t\n-=绘")), max_size=12)))
@settings(max_examples=500)
def test_joined_arguments_come_back(arguments: list[str]) -> None:
    assert split(join(arguments)) == arguments
