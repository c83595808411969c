"""The public list of extensions: kept, searched, and harmless whatever it says."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import FileProblem, NoNetwork, StudioError
from studio.core.job import JobContext
from studio.core.paths import Places
from studio.launcher.extension_index import Entry, Index, fetched, is_web_address, load, parse, search


def row(name: str = "Thing", url: str = "https://github.com/a/thing.git", **more: object) -> dict[str, object]:
    return {"name": name, "url": url, "description": f"About {name}", "tags": ["tab"], **more}


def listed(*rows: object) -> bytes:
    return json.dumps({"tags": {"tab": "has a tab", "ads": "advertises"}, "extensions": rows}).encode()


GOOD = listed(
    row(stars=5, added="2023-01-02", created_at="2023-01-01T00:00:00.000Z", commit_time="2024-05-06T07:08:09Z"),
    row("控制 Control", "https://github.com/b/control", stars=900, added="2022-01-01", tags=["tab", "manipulations"]),
    row("Buy me", "https://github.com/c/ads", tags=["ads"], stars=10**30),
    row("Sprache", "https://github.com/d/de", tags=["localization"]),
)


def test_what_is_read() -> None:
    index = parse(GOOD)
    assert index.tags == {"tab": "has a tab", "ads": "advertises"}
    assert index.entries[0] == Entry(
        "Thing", "https://github.com/a/thing.git", "About Thing", ("tab",), 5, 1672617600.0, 1672531200.0, 1714979289.0
    )
    assert index.entries[2].stars == 10_000_000
    assert index.left_out == 0


@pytest.mark.parametrize(
    "bad",
    [
        row(url="javascript:alert(1)"),
        row(url="file:///etc/passwd"),
        row(url="ext::sh -c x"),
        row(url="/etc"),
        row(url="-u"),
        row(url="https://user:secret@github.com/a/b"),
        row(url="https://"),
        row(url="https://github.com/"),
        row(url="https://-x/a"),
        row(url="https://github.com/a\nb"),
        row(url="https://[/a"),
        row(url="https://github.com/" + "a" * 1000),
        row(url=5),
        row(name=""),
        row(name=["a"]),
        "text",
        None,
        [],
        {},
    ],
)
def test_what_is_no_extension_is_left_out(bad: object) -> None:
    index = parse(listed(bad, row()))
    assert [one.name for one in index.entries] == ["Thing"]
    assert index.left_out == 1


def test_odd_values_do_not_hide_an_extension() -> None:
    [one] = parse(
        listed(
            row(
                "A\x1b[31m\u202eB\n",
                description=5,
                tags="tab",
                stars="many",
                added=3,
                created_at="x",
                commit_time="9" * 50,
            )
        )
    ).entries
    assert one == Entry("A [31m B", "https://github.com/a/thing.git")
    [one] = parse(listed(row(tags=["ok", 5, "x\n", "y" * 100] * 100, stars=True, description="x" * 9999))).entries
    assert set(one.tags) == {"ok"}
    assert one.stars == 0
    assert len(one.description) == 2000


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"[]", b'{"extensions": 5}', b"[" * 100_000, b"\xff", b"x" * (33 << 20)]
)
def test_what_is_no_list(data: bytes) -> None:
    with pytest.raises(FileProblem):
        parse(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)
keys = st.sampled_from(["name", "url", "description", "tags", "stars", "added", "created_at", "commit_time"])


@given(st.lists(st.dictionaries(keys, json_values) | json_values, max_size=6), json_values)
def test_whatever_it_says(rows: list, tags: object) -> None:
    index = parse(json.dumps({"tags": tags, "extensions": rows}).encode())
    assert len(index.entries) + index.left_out == len(rows)
    assert all(is_web_address(one.url) and one.name.isprintable() for one in index.entries)
    search(index, "a", sort="updated")


def names(found: list[Entry]) -> list[str]:
    return [one.name for one in found]


def test_searching() -> None:
    index = parse(GOOD)
    assert names(search(index)) == ["控制 Control", "Thing"]
    assert names(search(index, sort="name")) == ["Thing", "控制 Control"]
    assert names(search(index, sort="added")) == ["Thing", "控制 Control"]
    assert names(search(index, "控制")) == ["控制 Control"]
    assert names(search(index, "THING about")) == ["Thing"]
    assert names(search(index, "nothing")) == []
    assert names(search(index, tags=["manipulations", "tab"])) == ["控制 Control"]
    assert names(search(index, tags=["ads"])) == ["Buy me"]
    assert len(search(index, hidden=())) == 4
    installed = ["git@github.com:B/control.git"]
    assert names(search(index, installed=installed, hide_installed=True)) == ["Thing"]
    assert len(search(index, installed=installed)) == 2


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "家")


def test_it_is_kept_for_offline_use(places: Places) -> None:
    asked = []

    def fetch(address: str, env: object) -> bytes:
        asked.append(address)
        return answers.pop(0)

    def cut(*_: object) -> bytes:
        raise NoNetwork("There is no network.")

    answers = [GOOD, listed(row("Newer"))]
    notes: list[object] = []
    context = JobContext(lambda name, value: notes.append(value) if name == "noted" else None)
    first = load(places, {}, context, fetch=fetch)
    assert len(first.entries) == 4
    assert load(places, {}, context, fetch=cut).entries == first.entries
    assert not notes
    offline = load(places, {}, context, fetch=cut, max_age_s=0)
    assert offline.is_offline
    assert offline.entries == first.entries
    assert offline.at == pytest.approx(first.at, abs=5)
    assert len(notes) == 1
    assert load(places, {}, context, fetch=lambda *_: b"<html>", max_age_s=0).is_offline
    assert names(list(load(places, {}, context, fetch=fetch, max_age_s=0).entries)) == ["Newer"]
    assert len(asked) == 2
    [path] = (places.data / "launcher").iterdir()
    os.utime(path, (5, 5))
    assert load(places, {}, context, fetch=cut).is_offline


def test_each_address_has_its_own_copy(places: Places) -> None:
    context = JobContext()
    load(places, {}, context, fetch=lambda *_: GOOD)
    other = load(places, {"WEBUI_EXTENSIONS_INDEX": "https://x/y"}, context, fetch=lambda *_: listed(row("Mine")))
    assert names(list(other.entries)) == ["Mine"]
    with pytest.raises(NoNetwork):
        load(places, {}, context, url="file:///etc/passwd")


def test_without_copy_and_network(places: Places) -> None:
    with pytest.raises(StudioError):
        load(places, {}, JobContext(), url="http://127.0.0.1:9/index.json")
    with pytest.raises(FileProblem):
        load(places, {}, JobContext(), fetch=lambda *_: b"no list")


def test_from_a_server_and_through_a_proxy() -> None:
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(GOOD)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        here = f"http://127.0.0.1:{server.server_port}"
        assert fetched(f"{here}/index.json", {}) == GOOD
        assert fetched("http://nowhere.invalid/index.json", {"HTTP_PROXY": here}) == GOOD
        assert seen == ["/index.json", "http://nowhere.invalid/index.json"]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_unknown_order() -> None:
    with pytest.raises(KeyError):
        search(Index((), {}), sort="luck")
