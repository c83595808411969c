"""One file over a bad line: whatever the server does, the bytes are right or the sentence is clear."""

import hashlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hub_server import File, Hub, serving

from studio.core.errors import BadRequest, Cancelled, DiskFull, NoNetwork
from studio.core.job import JobContext, Progress
from studio.core.settings import Settings
from studio.library.downloads import answers, fetch, room
from studio.library.downloads.answers import Busy, Gone, Refused, TokenNeeded
from studio.library.downloads.fetch import Mark
from studio.library.downloads.sites import Site, Sites
from studio.library.downloads.tokens import Tokens
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Patience, Web, proxies

QUICK = Patience(connect_s=2, stall_s=0.4, slow_s=0.6, attempts=3, first_wait_s=0.01, longest_wait_s=0.05)
ONCE = Patience(connect_s=2, stall_s=0.4, attempts=0)
DATA = random.Random(1).randbytes(700_000)  # noqa: S311
OTHER = random.Random(2).randbytes(700_000)  # noqa: S311


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as made:
        yield made


@pytest.fixture
def web(hub: Hub) -> Web:
    sites = Sites(
        civitai=Site("civitai", "Civitai", hub.origin, ("127.0.0.1",), "https://civitai.com/user/account", "NO_SUCH"),
        huggingface=Site("huggingface", "Hugging Face", "https://huggingface.co", ("huggingface.co",), "x", "NO_SUCH"),
    )
    return Web(Settings(), Tokens(), sites, QUICK)


class Download:
    """A part with what is remembered of it."""

    def __init__(self, web: Web, part: Path, url: str, **more: object) -> None:
        self.web, self.part, self.mark = web, part, Mark()
        self.wanted = Wanted(url=url, **more)  # type: ignore[arg-type]
        self.reports: list[Progress] = []
        self.context = JobContext(lambda _, value: self.reports.append(value))  # type: ignore[arg-type]

    def go(self) -> bytes:
        fetch.fetch(self.wanted, self.part, self.web, self.context, self.mark, self._keep)
        return self.part.read_bytes()

    def _keep(self, mark: Mark) -> None:
        self.mark = mark


@pytest.fixture
def download(hub: Hub, web: Web, tmp_path: Path) -> Download:
    return Download(web, tmp_path / "深 folder" / "模型.part", hub.url("/m.safetensors"))


def test_a_file_arrives_whole_with_its_mark(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, name="attachment; filename*=UTF-8''%E6%A8%A1.safetensors")
    assert download.go() == DATA
    assert (download.mark.total, download.mark.name) == (len(DATA), "模.safetensors")
    assert download.mark.etag.startswith('"')
    assert download.reports[-1].done == download.reports[-1].total == len(DATA)


def test_cuts_are_gone_on_behind(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, cuts=[100_000, 300_000, 500_001])
    assert download.go() == DATA
    assert hub.ranges("/m.safetensors") == ["", "bytes=100000-", "bytes=300000-", "bytes=500001-"]
    assert hub.sent == len(DATA)


def test_a_stall_is_noticed_and_gone_on_behind(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, stalls=[200_000], stall_s=5)
    began = time.monotonic()
    assert download.go() == DATA
    assert time.monotonic() - began < 4
    assert hub.ranges("/m.safetensors")[1] == "bytes=200000-"


def test_a_trickle_is_given_up(hub: Hub, download: Download, web: Web) -> None:
    hub.files["/m.safetensors"] = File(DATA[:2000], piece=1, pause_s=0.05)
    with pytest.raises(Busy, match="hardly anything"):
        download.go()


def test_ranges_ignored_keep_what_is_right(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, cuts=[400_000, 100_000], with_ranges=False)
    hub.files["/m.safetensors"].cuts = [400_000]
    sizes: list[int] = []
    keep = download._keep
    download._keep = lambda mark: (sizes.append(fetch.size_of(download.part)), keep(mark))[0]  # type: ignore[method-assign, assignment, return-value]
    assert download.go() == DATA
    assert hub.ranges("/m.safetensors") == ["", "bytes=400000-"]
    assert sizes == [0, 0]  # the first answer empties and notes; the second leaves what is there


def test_a_cut_while_comparing_loses_nothing(hub: Hub, download: Download) -> None:
    file = hub.files["/m.safetensors"] = File(DATA, cuts=[400_000], with_ranges=False)
    download.web.patience = ONCE
    with pytest.raises(Busy):
        download.go()
    file.cuts = [100_000]
    with pytest.raises(Busy):
        download.go()
    assert download.part.read_bytes() == DATA[:400_000]
    file.with_ranges = True
    assert download.go() == DATA


@pytest.mark.parametrize("with_condition", [True, False])
def test_another_file_under_the_same_address_begins_anew(hub: Hub, download: Download, with_condition: bool) -> None:
    download.web.patience = ONCE
    file = hub.files["/m.safetensors"] = File(DATA, cuts=[300_000], with_condition=with_condition)
    with pytest.raises(Busy):
        download.go()
    file.data = OTHER
    download.web.patience = QUICK
    assert download.go() == OTHER


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_sure_mark_nothing_is_put_together(hub: Hub, download: Download, etag: str | None) -> None:
    file = hub.files["/m.safetensors"] = File(DATA, etag=etag, cuts=[300_000])
    download.web.patience = ONCE
    with pytest.raises(Busy):
        download.go()
    file.data = OTHER
    assert download.go() == OTHER
    assert hub.ranges("/m.safetensors") == ["", ""]


def test_a_date_is_a_mark_too(hub: Hub, download: Download) -> None:
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    hub.files["/m.safetensors"] = File(DATA, etag=None, modified=date, cuts=[300_000])
    assert download.go() == DATA
    assert hub.seen[1][2]["If-Range"] == date
    assert hub.sent == len(DATA)


def test_a_known_hash_lets_a_file_without_marks_go_on(hub: Hub, download: Download) -> None:
    download.wanted = download.wanted.model_copy(update={"sha256": hashlib.sha256(DATA).hexdigest(), "size": len(DATA)})
    hub.files["/m.safetensors"] = File(DATA, etag=None, cuts=[300_000])
    assert download.go() == DATA
    assert hub.ranges("/m.safetensors") == ["", "bytes=300000-"]


def test_a_range_beyond_the_end_means_whole(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA)
    download.go()
    download.mark = Mark(etag=download.mark.etag)  # killed before the length was noted
    assert download.go() == DATA
    assert hub.ranges("/m.safetensors") == ["", f"bytes={len(DATA)}-"]


def test_a_whole_part_is_not_asked_for(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA)
    download.go()
    assert download.go() == DATA
    assert len(hub.seen) == 1


def test_a_part_longer_than_the_file_begins_anew(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA)
    download.go()
    download.part.write_bytes(DATA + b"more")
    assert download.go() == DATA


def test_a_length_that_is_too_long_is_found_out_by_asking_for_the_rest(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA[:1000], length=5000)
    assert download.go() == DATA[:1000]


def test_a_length_that_is_too_long_and_no_ranges_ends_in_a_sentence(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA[:1000], length=5000, with_ranges=False)
    with pytest.raises(NoNetwork):
        download.go()
    assert len(hub.seen) <= 8


def test_without_a_length_the_end_is_the_end(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, length=0)
    assert download.go() == DATA


def test_an_early_end_without_a_length_is_noticed_by_the_size(hub: Hub, download: Download) -> None:
    download.wanted = download.wanted.model_copy(update={"size": len(DATA)})
    hub.files["/m.safetensors"] = File(DATA, length=0, cuts=[300_000])
    assert download.go() == DATA


def test_gzip_is_undone(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(b"\0" * 50_000, gzipped=True)
    assert download.go() == b"\0" * 50_000
    assert hub.seen[0][2]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("text/html; charset=utf-8", b"<p>hello"),
        ("application/octet-stream", b"  <!DOCTYPE html><html>login"),
        ("application/json", b'{"error":"Unauthorized"}'),
    ],
)
def test_a_web_page_is_no_model_and_takes_nothing_away(hub: Hub, download: Download, type: str, data: bytes) -> None:
    hub.files["/m.safetensors"] = File(DATA, cuts=[300_000])
    download.web.patience = ONCE
    with pytest.raises(Busy):
        download.go()
    hub.files["/m.safetensors"] = File(data, type=type)
    with pytest.raises(Refused, match="web page"):
        download.go()
    hub.files["/m.safetensors"] = File(DATA)
    assert download.go() == DATA
    assert hub.ranges("/m.safetensors")[-1] == "bytes=300000-"


@pytest.mark.parametrize(
    ("status", "headers", "error", "text"),
    [
        (401, {}, TokenNeeded, "Make a token at https://civitai.com/user/account"),
        (403, {}, TokenNeeded, "only to its users"),
        (404, {}, Gone, "removed or renamed"),
        (410, {}, Gone, "removed or renamed"),
        (451, {}, Refused, "where you are"),
        (400, {}, Refused, "error 400"),
    ],
)
def test_what_will_not_pass_is_told_at_once(
    hub: Hub, download: Download, status: int, headers: dict[str, str], error: type[Exception], text: str
) -> None:
    hub.files["/m.safetensors"] = File(DATA, statuses=[(status, headers)])
    with pytest.raises(error, match=text):
        download.go()
    assert len(hub.seen) == 1


def test_with_a_token_the_sentences_are_others(hub: Hub, download: Download) -> None:
    download.web.tokens.use(download.web.sites.civitai, "wrong")
    hub.files["/m.safetensors"] = File(DATA, statuses=[(401, {}), (403, {}), (403, {"X-Error-Code": "GatedRepo"})])
    for text in ("does not accept the token", "early access", "Accept its terms"):
        with pytest.raises(Refused, match=text):
            download.go()


def test_a_busy_server_is_asked_again_when_it_says(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, statuses=[(429, {"Retry-After": "1"}), (503, {}), (500, {})])
    download.web.patience = Patience(2, 0.4, 5, attempts=4, first_wait_s=0.01, longest_wait_s=0.02)
    began = time.monotonic()
    assert download.go() == DATA
    assert 1 <= time.monotonic() - began < 3
    assert any(report.text.startswith("Waiting") for report in download.reports)


def test_a_server_that_stays_busy_is_told(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, statuses=[(429, {})] * 9)
    with pytest.raises(Busy, match="too many requests"):
        download.go()
    assert len(hub.seen) == QUICK.attempts


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7), ("0", 0), ("-3", 0), ("99999999", answers.MOST_WAIT_S), ("", 0), ("soon", 0), ("nan", 0),
     ("Thu, 01 Jan 1970 00:02:00 GMT", 20), ("Thu, 01 Jan 1970 00:00:10 GMT", 0)],
)  # fmt: skip
def test_retry_after(text: str, seconds: float) -> None:
    assert answers.retry_after(text, now_s=100.0) == seconds


def test_waits_grow_and_are_never_quite_the_same() -> None:
    waits = [[fetch.delay_s(n, 0, Patience()) for _ in range(50)] for n in (1, 2, 3, 30)]
    assert [round(sum(some) / 50) for some in waits[:2]] == [1, 2]
    assert all(0.5 <= wait <= 1.5 for wait in waits[0])
    assert all(30 <= wait <= 90 for wait in waits[3])
    assert len(set(waits[0])) > 40
    assert fetch.delay_s(1, 12, Patience()) == 12


def test_a_token_goes_to_its_own_host_only(hub: Hub, download: Download) -> None:
    with serving("localhost") as other:
        download.web.tokens.use(download.web.sites.civitai, "secret-token")
        hub.files["/m.safetensors"] = File(token="secret-token", redirect=other.url("/signed?x=1"))  # noqa: S106
        other.files["/signed"] = File(DATA, cuts=[200_000])
        assert download.go() == DATA
        assert [headers.get("Authorization") for _, _, headers in other.seen] == [None, None]
        assert {headers["Authorization"] for _, _, headers in hub.seen} == {"Bearer secret-token"}


def test_being_sent_to_a_login_page_means_a_token_is_needed(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(redirect="/login?returnUrl=x&reason=download-auth")
    with pytest.raises(TokenNeeded):
        download.go()
    hub.files["/m.safetensors"] = File(redirect="/login?reason=early-access")
    with pytest.raises(Refused, match="early access"):
        download.go()


def test_redirects_without_end_and_to_nowhere(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(redirect="/m.safetensors")
    with pytest.raises(Refused, match="without end"):
        download.go()
    hub.files["/m.safetensors"] = File(redirect="file:///etc/passwd")
    with pytest.raises(BadRequest, match="no address"):
        download.go()


def test_the_hash_a_hub_links_is_known_behind_the_redirect(hub: Hub, download: Download) -> None:
    digest = hashlib.sha256(DATA).hexdigest()
    hub.files["/m.safetensors"] = File(redirect="/cdn", headers={"X-Linked-Etag": f'"{digest}"'})
    hub.files["/cdn"] = File(DATA)
    download.go()
    assert download.mark.sha256 == digest


def test_stopping_acts_at_once_even_while_nothing_comes(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, stalls=[200_000], stall_s=20)
    download.web.patience = Patience(2, 20, 60)
    threading.Timer(0.4, download.context.cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        download.go()
    assert time.monotonic() - began < 2
    assert download.part.read_bytes() == DATA[:200_000]


def test_stopping_while_waiting(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, statuses=[(429, {"Retry-After": "60"})])
    threading.Timer(0.3, download.context.cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        download.go()
    assert time.monotonic() - began < 2


def test_a_host_that_is_not_there(download: Download, hub: Hub) -> None:
    download.wanted = Wanted(url="http://127.0.0.1:9/x.safetensors")
    with pytest.raises(Busy, match=r"broke|does not answer"):
        download.go()


def test_a_full_disk_is_told_before_the_first_byte(
    hub: Hub, download: Download, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 600_000 + room.RESERVE})())
    hub.files["/m.safetensors"] = File(DATA)
    with pytest.raises(DiskFull, match="only"):
        download.go()
    assert download.part.read_bytes() == b""


def test_proxies_of_the_settings_and_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    url = "https://civitai.com/x"
    assert proxies(Settings(), url) == {}
    assert proxies(Settings(proxy="127.0.0.1:7890"), url)["https"] == "http://127.0.0.1:7890"
    assert proxies(Settings(proxy="socks5://127.0.0.1:1080"), url)["https"] == "socks5h://127.0.0.1:1080"
    assert proxies(Settings(proxy="http://p", proxy_downloads=False), url) == {}
    assert proxies(Settings(proxy="http://p"), "http://127.0.0.1:80/x") == {}
    monkeypatch.setenv("https_proxy", "http://system:1")
    assert proxies(Settings(), url)["https"] == "http://system:1"
    assert proxies(Settings(proxy_downloads=False), url) == {}


def test_the_mirror_stands_for_the_hub_and_gets_no_token(hub: Hub, web: Web, tmp_path: Path) -> None:
    sites = Sites(web.sites.civitai, web.sites.huggingface, hub_mirror=hub.origin.replace("127.0.0.1", "localhost"))
    mirrored = Web(Settings(), Tokens(), sites, QUICK)
    mirrored.tokens.use(sites.huggingface, "secret")
    hub.files["/a/b/resolve/main/m.safetensors"] = File(DATA)
    download = Download(mirrored, tmp_path / "x.part", "https://huggingface.co/a/b/resolve/main/m.safetensors")
    assert download.go() == DATA
    assert "Authorization" not in hub.seen[0][2]
    hub.files["/a/b/resolve/main/m.safetensors"] = File(DATA, token="t")  # noqa: S106
    download.part.unlink()
    with pytest.raises(Refused, match="Take the mirror out"):
        download.go()


def test_downloads_come_through_the_proxy(hub: Hub, download: Download) -> None:
    hub.files["/m.safetensors"] = File(DATA, cuts=[300_000])
    download.web.settings = Settings(proxy=hub.origin)
    download.wanted = Wanted(url="http://models.example/m.safetensors")
    assert download.go() == DATA
    assert {headers["Host"] for _, _, headers in hub.seen} == {"models.example"}


def test_a_proxy_that_is_not_there_is_named(download: Download) -> None:
    download.web.settings = Settings(proxy="http://name:secret@127.0.0.1:9")
    download.wanted = Wanted(url="https://models.example/m.safetensors")
    with pytest.raises(Busy, match="proxy does not answer") as caught:
        download.go()
    assert "secret" not in f"{caught.value}{caught.value.details}"


def test_socks_looks_the_name_up_at_the_proxy(hub: Hub, download: Download) -> None:
    pytest.importorskip("socks")
    hub.files["/m.safetensors"] = File(DATA)
    with socks_to(hub.port) as (port, names):
        download.web.settings = Settings(proxy=f"socks5://127.0.0.1:{port}")
        download.wanted = Wanted(url="http://models.example/m.safetensors")
        assert download.go() == DATA
    assert names == [b"models.example"]


@contextmanager
def socks_to(port: int) -> Iterator[tuple[int, list[bytes]]]:
    """A SOCKS 5 proxy for one connection, which it leads to a port of this machine; and the names it was asked for."""
    listener = socket.create_server(("127.0.0.1", 0))
    names: list[bytes] = []

    def serve() -> None:
        client, _ = listener.accept()
        client.recv(100)
        client.sendall(b"\5\0")
        asked = client.recv(300)
        names.append(asked[5 : 5 + asked[4]])
        server = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"\5\0\0\1\0\0\0\0\0\0")
        threading.Thread(target=pump, args=(client, server), daemon=True).start()
        pump(server, client)

    def pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], names
    finally:
        listener.close()


@pytest.mark.parametrize("seed", range(25))
def test_whatever_a_server_does_the_bytes_are_right(hub: Hub, download: Download, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    data = chance.randbytes(chance.choice([1, 1000, 65_536, 300_001]))
    file = hub.files["/m.safetensors"] = File(
        data,
        etag=chance.choice(["", "", None, 'W/"weak"']),
        modified=chance.choice(["", "Wed, 21 Oct 2026 07:28:00 GMT"]),
        cuts=sorted(chance.sample(range(1, len(data) + 1), min(len(data), chance.randrange(4)))),
        with_ranges=chance.random() < 0.7,
        with_condition=chance.random() < 0.7,
        piece=chance.choice([1000, 65_536]),
        length=chance.choice([None, None, 0]),
        statuses=[(chance.choice([429, 500, 503]), {})] * chance.randrange(2),
    )
    if chance.random() < 0.5:
        download.wanted = download.wanted.model_copy(update={"sha256": hashlib.sha256(data).hexdigest()})
    download.wanted = download.wanted.model_copy(update={"size": len(data)})
    download.web.patience = Patience(2, 0.5, attempts=8, first_wait_s=0.001, longest_wait_s=0.002)
    if chance.random() < 0.3:  # another file, of which a part is there already
        download.part.parent.mkdir()
        download.part.write_bytes(OTHER[: chance.randrange(len(data) + 100)])
        download.mark = Mark('"old"', "", len(OTHER))
        if download.wanted.sha256:
            download.part.unlink()
    assert download.go() == data, file


def test_stopping_acts_while_a_server_does_not_even_answer(download: Download) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        download.web.patience = Patience(5, 30)
        download.wanted = Wanted(url=f"http://127.0.0.1:{silent.getsockname()[1]}/m.safetensors")
        threading.Timer(0.3, download.context.cancel).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            download.go()
        assert time.monotonic() - began < 1.5
