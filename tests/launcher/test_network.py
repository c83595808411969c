"""The network doctor among servers on loopback: what works, what does not and why, and what it proposes."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from network_world import Net, Server, answering, hangs_up, intercepting, refusing, site, socks

from studio.core.errors import Cancelled
from studio.core.job import JobContext
from studio.core.settings import Settings
from studio.launcher import network, network_route
from studio.launcher.network import GIT, TARGETS, Examination, Target

QUICK_S = 1.0


@pytest.fixture
def net() -> Iterator[Net]:
    with ExitStack() as stack:
        yield Net(stack)


def target(server: Server | int, row: Target = TARGETS[0]) -> Target:
    """A class of traffic whose server is this one."""
    port = server if isinstance(server, int) else server.port
    return replace(row, url=f"http://127.0.0.1:{port}/a/b?c=d", mirrored="{mirror}/mirrored")


def at(server: Server | int, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server if isinstance(server, int) else server.port}"


def measured(settings: Settings, *targets: Target, **more: object) -> Examination:
    return network.measure(settings, JobContext(), base={}, targets=targets, timeout_s=QUICK_S, **more)  # type: ignore[arg-type]


def problems(found: Examination) -> dict[str, str]:
    return {one.way.name: one.problem for one in found.measures}


def test_a_direct_way_that_works_needs_nothing(net: Net) -> None:
    server = net.serve()
    found = measured(Settings(), target(server))
    assert problems(found) == {"direct": ""}
    assert found.measures[0].is_used
    assert found.problems == ()
    assert found.proposed == {}
    assert server.asked == ["GET /a/b?c=d HTTP/1.1"]


@pytest.mark.parametrize(
    ("scheme", "how"), [("http", site), ("socks5", socks), ("socks5h", socks), ("socks", socks), ("", site)]
)
def test_a_proxy_that_works(net: Net, scheme: str, how: object) -> None:
    server, proxy = net.serve(), net.serve(how)  # type: ignore[arg-type]
    address = at(proxy, scheme) if scheme else f"127.0.0.1:{proxy.port}"
    found = measured(Settings(proxy=address), target(server))
    assert problems(found) == {"direct": "", "proxy": ""}
    assert [one.is_used for one in found.measures] == [False, True]
    assert proxy.asked  # it went through it


def test_a_dead_proxy_is_told_and_the_direct_way_proposed(net: Net) -> None:
    settings = Settings(proxy=at(net.dead()))
    found = measured(settings, target(net.serve()))
    assert problems(found) == {"direct": "", "proxy": "proxy dead"}
    assert found.problems == (network.PROBLEMS["proxy dead"],)
    assert found.proposed == {"proxy_git": False}


@pytest.mark.parametrize(
    ("scheme", "how", "problem", "wanted"), [("http", socks, "is_socks", "socks5"), ("socks5", site, "is_http", "http")]
)
def test_a_mixed_up_proxy_gets_its_right_scheme(net: Net, scheme: str, how: object, problem: str, wanted: str) -> None:
    proxy = net.serve(how)  # type: ignore[arg-type]
    found = measured(Settings(proxy=at(proxy, scheme)), target(net.dead()))
    assert found.proposed == {"proxy": at(proxy, wanted)}
    assert network.PROBLEMS[getattr(network_route, problem.upper())] in found.problems


def test_an_https_site_behind_a_mixed_up_proxy(net: Net) -> None:
    found = network_route.ask("https://example.org/", at(net.serve(socks)), QUICK_S)
    assert found.problem == "proxy is socks"
    assert network_route.ask("https://example.org/", at(net.serve(refusing)), QUICK_S).problem == "proxy login"
    assert network_route.ask("https://example.org/", at(net.serve(site)), QUICK_S).problem == "proxy refuses"


def test_a_mirror_is_proposed_where_the_direct_way_is_dead(net: Net) -> None:
    mirror = net.serve()
    found = measured(Settings(), target(net.dead()), mirrors={GIT: [at(mirror)]})
    assert problems(found) == {"direct": "refused", "mirror": ""}
    assert found.proposed == {"git_mirror": at(mirror)}
    assert mirror.asked == ["GET /mirrored HTTP/1.1"]


def test_a_slow_way_gives_room_to_a_clearly_faster_one(net: Net) -> None:
    slow, quick = net.serve(delay_s=1.3), net.serve()
    settings = Settings(git_mirror=at(slow))
    found = network.measure(settings, JobContext(), base={}, targets=[target(quick)], timeout_s=5)
    assert found.proposed == {"git_mirror": ""}
    assert found.best(GIT) is not None
    assert found.best(GIT).way.name == "direct"  # type: ignore[union-attr]


def test_no_answer_in_time(net: Net) -> None:
    found = measured(Settings(), target(net.serve(delay_s=30)))
    assert problems(found) == {"direct": "timeout"}
    assert 0.5 < found.measures[0].seconds < 5
    assert found.proposed == {}


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ("404 Not Found", "missing"),
        ("403 Forbidden", "forbidden"),
        ("429 Too Many", "forbidden"),
        ("502 Bad", "server"),
        ("302 Found", ""),
    ],
)
def test_answers_of_servers(net: Net, status: str, problem: str) -> None:
    assert network_route.ask(at(net.serve(answering(status))), "", QUICK_S).problem == problem


def test_what_cannot_be_a_server(net: Net) -> None:
    assert network_route.ask(at(net.serve(hangs_up)), "", QUICK_S).problem == "broken"
    assert network_route.ask(at(net.serve(site), "https"), "", QUICK_S).problem in ("tls", "broken")
    assert network_route.ask(at(net.serve()), "ftp://127.0.0.1:1", QUICK_S).problem == "address"
    assert network_route.ask("http://[broken", "", QUICK_S).problem == "address"
    assert network_route.ask("http://127.0.0.1:99999/", "", QUICK_S).problem == "address"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
def test_a_program_that_reads_the_traffic(net: Net, tmp_path: Path) -> None:
    server = net.serve(intercepting(tmp_path))
    found = measured(Settings(), replace(target(server), url=at(server, "https")))
    assert problems(found) == {"direct": "certificate"}
    assert found.problems == (network.PROBLEMS["certificate"],)


def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> socket.socket:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", unknown)
    assert network_route.ask("https://nowhere.invalid/").problem == "no name"


def test_the_systems_proxy_counts_and_localhost_must_be_exempt(net: Net) -> None:
    proxy, server = net.serve(site), net.serve()
    base = {"https_proxy": at(proxy)}
    found = network.measure(Settings(), JobContext(), base=base, targets=[target(server)], timeout_s=QUICK_S)
    assert problems(found) == {"direct": "", "system proxy": ""}
    assert network.NO_PROXY_MISSING in found.problems
    base["NO_PROXY"] = "localhost,127.0.0.1"
    found = network.measure(Settings(), JobContext(), base=base, targets=[target(server)], timeout_s=QUICK_S)
    assert found.problems == ()


def test_passwords_are_not_told(net: Net) -> None:
    settings = Settings(proxy=f"http://me:secret@127.0.0.1:{net.dead()}")
    found = measured(settings, target(net.serve()))
    assert "secret" not in str(found.as_json()["measures"])


def test_it_can_be_cancelled_and_changes_nothing(net: Net) -> None:
    context = JobContext()
    context.cancel()
    before = dict(os.environ)
    with pytest.raises(Cancelled):
        network.measure(Settings(), context, base={}, targets=[target(net.serve())], timeout_s=QUICK_S)
    assert dict(os.environ) == before


def test_what_is_told_as_data_holds_no_password() -> None:
    told = network.Examination((), (), {"proxy": "socks5://me:geheim@127.0.0.1:1080", "proxy_git": False}).as_json()
    assert "geheim" not in str(told)
    assert told["proposed"] == {"proxy": "socks5://***@127.0.0.1:1080", "proxy_git": False}
