"""One file to download, with everything its source said of it."""

from typing import Annotated, Any

from pydantic import Field

from studio.core.option import Record

MOST_TEXT = 2**20
Text = Annotated[str, Field(max_length=MOST_TEXT)]


class Wanted(Record):
    """A file of a site, JSON-ready; empty texts, 0 and {} are unknown.

    `name` is the file's name as its source calls it, not yet safe. `kind` is a row of catalog.model_folders. `size` is
    in bytes and `sha256` in 64 hex digits. `site` is the name of a row of `sites.SITES`. `preview` is the address of a
    picture, `metadata` what becomes X.civitai.info, `note` names the variant (fp16, pruned) or is the path in a
    repository. `folder` is chosen by the user.
    """

    url: Text
    name: Text = ""
    kind: str = ""
    size: Annotated[int, Field(ge=0)] = 0
    sha256: str = ""
    site: str = ""
    title: Text = ""
    base: Text = ""
    page: Text = ""
    preview: Text = ""
    note: Text = ""
    folder: Text = ""
    metadata: dict[str, Any] = Field(default_factory=dict)
