"""Nothing private comes out of a report, whatever stands around it; what helps stays."""

import getpass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.launcher.diagnose import diagnose
from studio.launcher.facts import Facts
from studio.launcher.report import redact, report, write_report

LOGS = Path(__file__).parents[1] / "data" / "launcher" / "logs"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
secret = st.text(ALPHABET, min_size=16, max_size=40)
name = st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=12).map(lambda text: "zq" + text)
noise = st.sampled_from(
    ["", "INFO ", "*** ", "2024-05-01 12:00:00 - ", "    ", "stderr: ", "Launching Web UI with arguments: --medvram "]
)
TEMPLATES = [
    "token hf_{} was refused",
    "using key sk-{}",
    "sk-proj-{}",
    "export HF_TOKEN=hf_{}",
    "CIVITAI_API_KEY={}",
    "https://civitai.com/api/download/models/1?token={}",
    "GET https://civitai.com/api/v1/models?type=LORA&token={}&x=1",
    "Authorization: Bearer {}",
    "{{'Authorization': 'Bearer {}'}}",
    '"api_key": "{}"',
    "api-key = {}",
    "password: {}",
    "password='{} with space'",
    "--gradio-auth me:{}",
    "--gradio-auth=me:{} --api",
    '--gradio-auth "me:{}"',
    "['--api-auth', 'me:{}']",
    "--ngrok {} --port 7860",
    "fatal: unable to access 'https://user:{}@github.com/x/y.git/'",
    "proxy http://me:{}@10.1.2.3:7890",
    "socks5://{}@proxy:1080",
    "ghp_{}",
    "github_pat_{}",
    "*** Arguments: ('task(x)', '{} in a garden', 'lowres', 20) {{}}",
    "Arguments: ('{}',)",
    "prompt: {}",
    "Negative prompt: {}",
    '{{"prompt": "{} girl", "steps": 20}}',
    "{{'negative_prompt': '{}', 'seed': 1}}",
    '"all_prompts": ["{}"]',
    "{}\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1",
    "{}\nNegative prompt: bad\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1",
    "cookie: access-token={}",
]


@pytest.mark.parametrize("template", TEMPLATES)
@given(secret, noise)
@settings(max_examples=12, deadline=None)
def test_secrets_do_not_come_out(template: str, hidden: str, before: str) -> None:
    text = f"first line\n{before}{template.format(hidden)}\nlast line"
    told = redact(text)
    assert hidden not in told
    assert "first line" in told or "Steps: " in text
    assert told.endswith("last line")


HOMES = [
    "C:\\Users\\{}\\sd\\webui.py",
    "C:/Users/{}/.cache\\huggingface",
    "C:\\\\Users\\\\{}\\\\AppData",
    "/home/{}/sd/webui.py",
    "/Users/{}/sd",
    'File "/home/{}/x.py", line 3',
    "Creating venv in directory c:\\users\\{}\\venv",
    "Running on /home/{}",
]


@pytest.mark.parametrize("home", HOMES)
@given(name)
@settings(max_examples=10, deadline=None)
def test_user_names_do_not_come_out(home: str, user: str) -> None:
    text = f"################\nRunning on {user} user\n{home.format(user)}\nhello {user.upper()}, models of {user}: 3"
    assert user not in redact(text).lower()


def test_names_with_spaces_and_chinese_names_go() -> None:
    told = redact('File "C:\\Users\\Li Ming 明\\sd\\launch.py", line 3\nD:\\Users\\王小明\\sd and 王小明')
    assert "Ming" not in told
    assert "小明" not in told


def test_this_computers_own_user_goes() -> None:
    user, home = getpass.getuser(), str(Path.home())
    told = redact(f"{home}/sd/x\nowner {user}")
    if len(user) > 4:
        assert user not in told
    assert home + "/sd" not in told or home in ("/root", "/")


@given(st.tuples(*[st.integers(1, 254)] * 4).filter(lambda p: p[:1] != (127,)))
@settings(max_examples=40, deadline=None)
def test_addresses_do_not_come_out(parts: tuple[int, ...]) -> None:
    address = ".".join(map(str, parts))
    for text in (f"connected to {address}", f"http://{address}:7860/", f"('{address}', 7860)", f"{address}."):
        assert address not in redact(text)


def test_addresses_of_the_new_kind_go() -> None:
    for address in ("2001:db8:85a3:0:0:8a2e:370:7334", "fe80::1ff:fe23:4567:890a", "2001:db8::1"):
        assert address not in redact(f"bind to {address} failed")


def test_public_links_and_mail_go() -> None:
    told = redact("Running on public URL: https://0123456789abcdef01.gradio.live\nwrite to someone@example.com")
    assert "0123456789abcdef01" not in told
    assert "someone@example.com" not in told


def test_what_the_caller_names_goes() -> None:
    assert "My Secret" not in redact("prompt was MY SECRET (castle)", ["my secret (castle)"])


@pytest.mark.parametrize(
    "line",
    [
        "Python 3.10.6 (tags/v3.10.6:9c7b4bd, Aug  1 2022, 21:53:49) [MSC v.1932 64 bit (AMD64)]",
        "Running on local URL:  http://127.0.0.1:7860",
        "RuntimeError: Torch is not able to use GPU; add --skip-torch-cuda-test to COMMANDLINE_ARGS",
        "Startup time: 12.3s (prepare environment: 3.1s).",
        "torch 2.1.2+cu121, opencv_python==4.8.1.78, driver 551.86",
        " 35%|███▌      | 7/20 [00:02<00:04,  3.21it/s]",
        "OSError: Can't load tokenizer for 'openai/clip-vit-large-patch14'",
        "ModuleNotFoundError: No module named 'tokenizers'",
        "12:30:45 model loaded",
    ],
)
def test_what_helps_stays(line: str) -> None:
    assert redact(line) == line


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_is_taken(text: str) -> None:
    redact(text)


def test_the_report_holds_what_helpers_need(tmp_path: Path) -> None:
    log = (LOGS / "vram-shortage.txt").read_text("utf-8")
    text = report(log, Facts(card="RTX 3060", torch="2.1.2+cu121"), diagnose(log), {"webui": "v1.10.1"})
    for part in ("RTX 3060", "2.1.2+cu121", "webui: v1.10.1", "vram-shortage", "Tried to allocate 512.00 MiB"):
        assert part in text
    assert "1girl" not in text
    path = tmp_path / "报告" / "report.txt"
    write_report(path, text)
    assert path.read_text("utf-8") == text


def test_long_logs_are_cut_at_their_beginning() -> None:
    text = report([f"line {number}" for number in range(5000)], Facts(), [])
    assert "line 4999" in text
    assert "line 10\n" not in text
    assert "5000 lines" in text
