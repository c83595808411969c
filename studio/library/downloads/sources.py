"""From what a person pastes or searches for to the files that are wanted."""

from dataclasses import replace

from studio.core.job import JobContext
from studio.library.downloads import civitai, huggingface
from studio.library.downloads.found import Found, Page, Query
from studio.library.downloads.links import CivitaiLink, HubLink, Link, parse, token_in
from studio.library.downloads.wanted import Wanted
from studio.library.downloads.web import Web


def wanted(text: str, web: Web, context: JobContext) -> Wanted:
    """The file that a text means; its site is asked for name, size, hash and metadata.

    A token in an address is used in this session and not kept. Raises BadRequest, NoNetwork and its kinds, Cancelled.
    """
    if token := token_in(text):
        web.tokens.use(web.sites.civitai, token)
    return of_link(parse(text), web, context)


def of_link(link: Link, web: Web, context: JobContext) -> Wanted:
    """The file that a link means. Raises Refused where several may be meant, NoNetwork and its kinds, Cancelled."""
    if isinstance(link, CivitaiLink):
        return civitai.chosen(link, civitai.find(link, web, context))
    if isinstance(link, HubLink):
        return _of_hub(link, web, context)
    return Wanted(url=link.url)


def _of_hub(link: HubLink, web: Web, context: JobContext) -> Wanted:
    """A link of a mirror stays there: who pasted it may not reach the site itself. A mirror that is set goes first."""
    if not link.mirror or web.sites.hub_mirror:
        return huggingface.chosen(link, huggingface.find(link, web, context))
    sites = replace(web.sites, hub_mirror=link.mirror)
    found = huggingface.chosen(link, huggingface.find(link, replace(web, sites=sites), context))
    return found.model_copy(update={"url": sites.address(found.url), "preview": sites.address(found.preview)})


def search(query: Query, web: Web, context: JobContext) -> Page:
    """One page of what a site finds. Raises NoNetwork and its kinds, or Cancelled."""
    return (civitai if query.site == "civitai" else huggingface).search(query, web, context)


def complete(found: Found, web: Web, context: JobContext) -> Found:
    """A found model with its files, which some sites tell only when asked."""
    if found.variants:
        return found
    return huggingface.find(HubLink(found.id), web, context)
