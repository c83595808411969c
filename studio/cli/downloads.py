"""`models download`, `models search`, `models token`: models from the network."""

import argparse
import getpass
import json
import sys
import time
from collections.abc import Collection
from typing import Any, TextIO

from studio.catalog.hubs import HUB_BASES, HUB_KINDS, PERIODS, SORTS
from studio.cli.terminal import BAD_INPUT, DONE, INTERRUPTED, StatusLine, stopped_by_ctrl_c
from studio.core.errors import Cancelled, StudioError
from studio.core.job import JobContext
from studio.core.paths import Places, places
from studio.core.settings import Settings
from studio.library.downloads import runner, sources
from studio.library.downloads.answers import TokenNeeded
from studio.library.downloads.found import Found, Query
from studio.library.downloads.queue import Queue, Row, State, opened
from studio.library.downloads.runner import Report
from studio.library.downloads.sites import SITES, Site
from studio.library.downloads.tokens import Tokens
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Web, web_of

ENDED = (State.DONE, State.FAILED, State.PAUSED)
LOOK_S = 0.5


def add(acts: Any) -> None:
    """Add the acts to `models`."""
    act = _act(acts, "download", download, "download models and put them where they belong; goes on after a stop")
    act.add_argument("what", nargs="+", help="a page or file of Civitai or Hugging Face, owner/repo/file, any address")
    act.add_argument(
        "--folder", default="", metavar="DIR", help="where to, instead of the folder for models of its kind"
    )
    act = _act(acts, "search", search, "search Civitai or Hugging Face")
    act.add_argument("words", nargs="*", help="what to look for")
    act.add_argument("--site", choices=[site.name for site in SITES], default="civitai")
    act.add_argument("--kind", choices=[row.name for row in HUB_KINDS], default="")
    act.add_argument("--base", choices=[row.name for row in HUB_BASES], default="")
    act.add_argument("--period", choices=PERIODS, default="AllTime")
    act.add_argument("--sort", choices=SORTS, default="downloads")
    act.add_argument("--adult", action="store_true", help="also what is for adults")
    act = _act(
        acts, "token", token, "keep a site's token in the system's keyring; it is asked for, or read from a pipe"
    )
    act.add_argument("site", choices=[site.name for site in SITES])
    act.add_argument("--forget", action="store_true", help="take the token out of the keyring")


def _act(acts: Any, name: str, run: Any, text: str) -> Any:
    act = acts.add_parser(name, help=text, allow_abbrev=False)
    act.add_argument("--json", action="store_true", help="print one JSON object")
    act.set_defaults(run=run)
    return act


def download(given: argparse.Namespace) -> int:
    """Download; what is unfinished stays on the list. Ends with 2 if anything failed."""
    here = places()
    settings = Settings.load(here.settings)
    web, watch = web_of(settings, Tokens()), Transfers(sys.stderr)
    context = JobContext(watch.report)
    with opened(here.data / "downloads.db") as queue:
        rows: list[Row] = []
        try:
            with stopped_by_ctrl_c(context):
                for text in given.what:
                    wanted = _wanted(text, web, context).model_copy(update={"folder": given.folder})
                    rows.append(runner.add(queue, wanted, here, settings))
                _carry(queue, web, here, context, {row.id for row in rows})
        except Cancelled:
            return INTERRUPTED
        finally:
            watch.close()
        ended = [queue.row(row.id) for row in rows]
    _tell(ended, given.json)
    return DONE if all(row.state == State.DONE for row in ended) else BAD_INPUT


def _wanted(text: str, web: Web, context: JobContext) -> Wanted:
    """The file that a text means; a token that is missing is asked for where somebody sits at the terminal."""
    try:
        return sources.wanted(text, web, context)
    except TokenNeeded as error:
        if not sys.stdin.isatty():
            raise
        print(error, file=sys.stderr)
        _keep(next(site for site in SITES if site.name == error.values["site"]), web.tokens)
        return sources.wanted(text, web, context)


def _carry(queue: Queue, web: Web, here: Places, context: JobContext, ids: Collection[int]) -> None:
    """Download these rows, or watch while another program of this studio does."""
    while any(queue.row(key).state not in ENDED for key in ids):
        try:
            runner.run(queue, web, here, context, ids)
        except runner.Busy:
            for row in map(queue.row, ids):
                context.deliver(Report(row.id, row.done, row.total))
            context.progress(0, 0)
            time.sleep(LOOK_S)


def _tell(rows: list[Row], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"downloads": [_said(row) for row in rows]}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        if row.state == State.DONE:
            print(row.path)
        elif row.failure:
            print(f"{row.name}: {row.failure.error}", file=sys.stderr)
        else:
            print(f"{row.name}: {row.state.value}", file=sys.stderr)


def _said(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.wanted.url,
        "name": row.name,
        "state": row.state.value,
        "path": str(row.path) if row.path and row.state == State.DONE else None,
        "bytes": row.done,
        "error": str(row.failure.error) if row.failure else None,
    }


def search(given: argparse.Namespace) -> int:
    """Print what a site finds."""
    query = Query(
        words=" ".join(given.words),
        site=given.site,
        kind=given.kind,
        base=given.base,
        period=given.period,
        sort=given.sort,
        adult=given.adult,
    )
    web, context = web_of(Settings.load(places().settings), Tokens()), JobContext()
    with stopped_by_ctrl_c(context):
        page = sources.search(query, web, context)
    if given.json:
        print(json.dumps(page.model_dump(mode="json"), ensure_ascii=False, indent=1))
        return DONE
    for found in page.found:
        print(_line(found))
    if not page.found:
        print("Nothing was found.", file=sys.stderr)
    return DONE


def _line(found: Found) -> str:
    base = next((variant.base for variant in found.variants if variant.base), "")
    facts = ", ".join(filter(None, (found.kind, base, found.creator, f"{found.downloads:,} downloads")))
    return f"{found.title}  ({facts})\n  {found.page}"


def token(given: argparse.Namespace) -> int:
    """Keep or forget a site's token."""
    site, tokens = next(site for site in SITES if site.name == given.site), Tokens()
    if given.forget:
        tokens.forget(site)
        return DONE
    if not tokens.can_be_kept:
        raise StudioError(
            "This system has no keyring to keep a token in.",
            "Give it in the environment instead: {variable}.",
            variable=site.variable,
        )
    if not _keep(site, tokens):
        raise StudioError("The keyring did not take the token.", "Unlock it and try again.")
    return DONE


def _keep(site: Site, tokens: Tokens) -> bool:
    is_asked = sys.stdin.isatty()
    text = getpass.getpass(f"Token of {site.label} ({site.tokens}): ") if is_asked else sys.stdin.readline()
    return tokens.keep(site, text)


class Transfers:
    """Shows on a terminal how far all transfers are."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.status = stream, StatusLine(stream)
        self.reports: dict[int, Report] = {}

    def report(self, name: str, value: object) -> None:
        """What a JobContext calls."""
        if isinstance(value, Report):
            self.reports[value.id] = value
        elif name == "progress":
            self.status.show(self.line())
        elif name == "noted":
            self.status.show("")
            print(value, file=self.stream)

    def line(self) -> str:
        """All transfers as one line of text: bar, MB, speed, time left."""
        running = [one for one in self.reports.values() if not one.is_finished]
        done, total = sum(one.done for one in running), sum(max(one.total, one.done) for one in running)
        rate = sum(one.rate for one in running)
        filled = 24 * done // total if total else 0
        text = f"[{'#' * filled}{'.' * (24 - filled)}] {done / 1e6:.1f}/{total / 1e6:.1f} MB"
        if rate:
            left = round((total - done) / rate)
            text += f"  {rate / 1e6:.1f} MB/s  {left // 60}:{left % 60:02} left"
        return text

    def close(self) -> None:
        """Take the line away."""
        self.status.show("")
