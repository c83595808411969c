"""Downloading and searching from the command line, against a server of this machine."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from studio import cli
from studio.core.paths import Places
from studio.core.settings import Settings
from studio.library.downloads import runner
from studio.library.downloads.queue import State, opened
from studio.library.downloads.wanted import Wanted

sys.path.append(str(Path(__file__).parent / "library"))

from hub_server import File, Hub, serving

DATA = save({"lora_unet_x_attn2_to_k.lora_down.weight": torch.zeros(4, 768)})


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving() as made:
        monkeypatch.setenv("HF_ENDPOINT", made.origin)
        made.files["/api/models/owner/repo"] = File(json={"id": "owner/repo", "tags": []})
        tree = [{"type": "file", "path": "x.safetensors", "size": len(DATA)}]
        made.files["/api/models/owner/repo/tree/main"] = File(json=tree)
        made.files["/owner/repo/resolve/main/x.safetensors"] = File(DATA)
        yield made


def test_a_file_is_downloaded_and_its_path_printed(
    hub: Hub, places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["models", "download", "owner/repo/x.safetensors"]) == cli.DONE
    path = places.models / "Lora" / "x.safetensors"
    assert capsys.readouterr().out == f"{path}\n"
    assert path.read_bytes() == DATA


def test_what_failed_is_said_and_the_rest_is_done(
    hub: Hub, places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["owner/repo", hub.url("/gone.safetensors"), "--folder", str(tmp_path / "模型"), "--json"]
    assert cli.main(["models", "download", *given]) == cli.BAD_INPUT
    said = json.loads(capsys.readouterr().out)["downloads"]
    assert [row["state"] for row in said] == ["done", "failed"]
    assert said[0]["path"] == str(tmp_path / "模型" / "x.safetensors")
    assert said[0]["bytes"] == len(DATA)
    assert "removed or renamed" in said[1]["error"]


def test_nonsense_is_refused(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "download", "hello"]) == cli.BAD_INPUT
    assert "no link to a model" in capsys.readouterr().err


def test_other_rows_of_the_list_are_left_alone(hub: Hub, places: Places) -> None:
    with opened(places.data / "downloads.db") as queue:
        runner.add(queue, Wanted(url=hub.url("/other.safetensors")), places, Settings())
    assert cli.main(["models", "download", "owner/repo"]) == cli.DONE
    with opened(places.data / "downloads.db") as queue:
        assert [row.state for row in queue.rows()] == [State.WAITING, State.DONE]


def test_a_search_is_printed(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.files["/api/models"] = File(json=[{"id": "owner/repo", "tags": ["lora"], "downloads": 1234}])
    assert cli.main(["models", "search", "nice", "style", "--site", "huggingface", "--kind", "network"]) == cli.DONE
    out = capsys.readouterr().out
    assert "1,234 downloads" in out
    assert "https://huggingface.co/owner/repo" in out
    assert cli.main(["models", "search", "--site", "huggingface", "--json"]) == cli.DONE
    assert json.loads(capsys.readouterr().out)["found"][0]["id"] == "owner/repo"


def test_a_token_needs_a_keyring(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import keyring
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring, "get_keyring", Keyring)
    monkeypatch.setattr(sys, "stdin", io.StringIO("secret\n"))
    assert cli.main(["models", "token", "civitai"]) == cli.BAD_INPUT
    said = capsys.readouterr()
    assert "CIVITAI_TOKEN" in said.err
    assert "secret" not in said.out + said.err
