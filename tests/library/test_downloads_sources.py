"""Links, names and what the sites say: hostile or not, the right file under a safe name, or a clear sentence."""

import string
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path, PureWindowsPath
from typing import Any
from urllib.parse import quote

import pytest
from hub_server import File, Hub, serving
from hypothesis import example, given, settings
from hypothesis import strategies as st

from studio.core.errors import BadRequest, NoNetwork
from studio.core.job import JobContext
from studio.core.settings import Settings
from studio.library.downloads import civitai, huggingface, place, sources
from studio.library.downloads.answers import Gone, Refused
from studio.library.downloads.fetch import disposition
from studio.library.downloads.found import Query
from studio.library.downloads.links import CivitaiLink, HubLink, PlainLink, parse
from studio.library.downloads.sites import CIVITAI, Site, Sites, sites_of
from studio.library.downloads.tokens import Tokens
from studio.library.downloads.web import Patience, Web

MIRROR = "https://hf-mirror.com"
NUMBERS = st.integers(1, 10**9)
WORDS = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=20).filter(
    lambda text: text not in (".", "..") and not text.startswith(".")
)
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}


# links


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://civitai.com/models/4384", CivitaiLink(4384)),
        ("https://civitai.com/models/4384/dreamshaper?modelVersionId=128713", CivitaiLink(4384, 128713)),
        ("civitai.com/models/4384?modelVersionId=128713", CivitaiLink(4384, 128713)),
        ("https://civitai.com/zh/models/4384#x", CivitaiLink(4384)),
        ("https://civitai.com/api/download/models/128713", CivitaiLink(version=128713)),
        ("https://civitai.com/api/v1/model-versions/128713", CivitaiLink(version=128713)),
        ("https://civitai.com/api/v1/models/4384", CivitaiLink(4384)),
        ("128713", CivitaiLink(version=128713)),
        ("urn:air:sdxl:checkpoint:civitai:827184@2514310", CivitaiLink(827184, 2514310)),
        ("air:sdxl:checkpoint:civitai:827184@2514310", CivitaiLink(827184, 2514310)),
        ("sdxl:checkpoint:civitai:827184@2514310+2402203.safetensor", CivitaiLink(827184, 2514310, 2402203)),
        ("civitai:827184@2514310", CivitaiLink(827184, 2514310)),
        ("civitai:827184", CivitaiLink(827184)),
        ("urn:air:sdxl:lora:huggingface:owner/repo@main", HubLink("owner/repo")),
        ("https://huggingface.co/owner/repo", HubLink("owner/repo")),
        ("https://huggingface.co/owner/repo/tree/main", HubLink("owner/repo")),
        ("https://huggingface.co/owner/repo/tree/v2/sub%20dir", HubLink("owner/repo", "sub dir", "v2")),
        ("https://huggingface.co/owner/repo/blob/main/a/b.safetensors", HubLink("owner/repo", "a/b.safetensors")),
        ("https://huggingface.co/o/r/resolve/refs%2Fpr%2F3/b.pt?download=true", HubLink("o/r", "b.pt", "refs/pr/3")),
        ("https://hf-mirror.com/owner/repo/resolve/main/b.pt", HubLink("owner/repo", "b.pt", mirror=MIRROR)),
        ("hf-mirror.com/owner/repo", HubLink("owner/repo", mirror=MIRROR)),
        ("owner/repo", HubLink("owner/repo")),
        ("owner/repo/sub/b.safetensors", HubLink("owner/repo", "sub/b.safetensors")),
        ("huggingface.co/owner/repo", HubLink("owner/repo")),
        ("https://example.org/x/y.safetensors?sig=1", PlainLink("https://example.org/x/y.safetensors?sig=1")),
        (" <https://example.org/x.pt> ", PlainLink("https://example.org/x.pt")),
    ],
)  # fmt: skip
def test_what_links_mean(text: str, link: object) -> None:
    assert parse(text) == link


def test_a_download_address_keeps_its_wishes() -> None:
    link = parse("https://civitai.com/api/download/models/5?type=Model&format=SafeTensor&size=pruned&fp=fp16&token=x")
    assert link == CivitaiLink(
        version=5, wish=(("type", "Model"), ("format", "SafeTensor"), ("size", "pruned"), ("fp", "fp16"))
    )


@pytest.mark.parametrize(
    "text",
    ["", "hello", "a b", "ftp://x.org/a.pt", "file:///etc/passwd", "https://", "https://civitai.com/", "../x", "a/../b",
     "https://civitai.com/images/3", "https://huggingface.co/docs/x", "https://huggingface.co/a/b/resolve/main/../../x",
     "https://user:pass@example.org/x.pt", "https://x.org:99999/a", "owner/", "/etc/passwd", "civitai:0", "9" * 40,
     "https://huggingface.co/a/b/resolve/main/%2e%2e/x.pt", "javascript:alert(1)", "\x00", "C:\\x\\y.pt", "x" * 5000],
)  # fmt: skip
def test_what_is_no_link_is_said(text: str) -> None:
    with pytest.raises(BadRequest):
        parse(text)


@given(model=NUMBERS, version=NUMBERS, slug=WORDS)
def test_civitai_links_of_any_shape(model: int, version: int, slug: str) -> None:
    wanted = CivitaiLink(model, version)
    assert parse(f"https://civitai.com/models/{model}/{slug}?modelVersionId={version}") == wanted
    assert parse(f"urn:air:{slug.replace('.', '')}x:lora:civitai:{model}@{version}") == wanted
    assert parse(f"https://civitai.com/api/download/models/{version}?type=Model").version == version  # type: ignore[union-attr]


@given(owner=WORDS, repo=WORDS, parts=st.lists(WORDS, min_size=1, max_size=3), revision=WORDS)
def test_hub_links_of_any_shape(owner: str, repo: str, parts: list[str], revision: str) -> None:
    if owner.lower() in (
        "api",
        "datasets",
        "spaces",
        "docs",
        "models",
        "collections",
        "blog",
        "papers",
        "organizations",
    ):
        return
    if revision == "refs":
        return
    path = "/".join(parts)
    url = f"https://huggingface.co/{owner}/{repo}/resolve/{revision}/{quote(path)}"
    assert parse(url) == HubLink(f"{owner}/{repo}", path, revision)


@given(st.text(max_size=200))
@example("https://[::1")
@example("https://huggingface.co/a/b/resolve/refs")
@example("civitai:１２")
def test_any_text_is_a_link_or_an_error(text: str) -> None:
    try:
        link = parse(text)
    except BadRequest:
        return
    assert isinstance(link, CivitaiLink | HubLink | PlainLink)
    if isinstance(link, HubLink):
        assert ".." not in link.path.split("/")


# names


@given(st.text(max_size=400))
@example("../../etc/passwd")
@example("..\\..\\x.safetensors")
@example("CON.safetensors")
@example("nul")
@example("a" * 300 + ".safetensors")
@example("模" * 200 + ".ckpt")
@example(".safetensors")
@example(". . .")
@example("gpj.\u202esrotsnefas.pt")
@example("x.safetensors\x00.exe")
@example("model.SAFETENSORS ")
@example("com1.preview.pt")
@settings(max_examples=300)
def test_any_name_becomes_a_safe_one(text: str) -> None:
    folder = Path("/tmp")  # noqa: S108
    name = place.file_name(text, folder)
    assert name == Path(name).name == PureWindowsPath(name).name
    assert not name.startswith(".")
    assert name.lower().endswith((".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".png", ".webp", ".avif"))
    assert len(name.encode()) + len(" (2)") <= 255
    assert not set(name) & set('<>:"/\\|?*\x00')
    assert name.partition(".")[0].strip().upper() not in RESERVED
    assert name == name.strip()
    assert place.file_name(name, folder) == name


def test_good_names_stay(tmp_path: Path) -> None:
    for name in ("a.safetensors", "模型 v1.5 (fp16).ckpt", "x.v2.pt", "it's [good].safetensors"):
        assert place.file_name(name, tmp_path) == name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a b.safetensors"', "a b.safetensors"),
        ("attachment; filename=a.pt", "a.pt"),
        ("attachment; filename*=UTF-8''%E6%A8%A1.pt; filename=\"x.pt\"", "模.pt"),
        ("", ""),
        ("inline", ""),
        ("attachment; filename*=nonsense''%FF.pt", None),
    ],
)
def test_names_in_headers(header: str, name: str | None) -> None:
    assert name is None or disposition(header) == name
    assert isinstance(disposition(header), str)


@given(st.text(max_size=100))
def test_any_header_is_survived(text: str) -> None:
    assert isinstance(disposition(text), str)


# sites


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as made:
        yield made


@pytest.fixture
def web(hub: Hub) -> Web:
    sites = Sites(
        Site("civitai", "Civitai", hub.origin, ("127.0.0.1",), "x", "NO_SUCH"),
        Site("huggingface", "Hugging Face", hub.origin, ("127.0.0.1",), "x", "NO_SUCH"),
    )
    return Web(Settings(), Tokens(), sites, Patience(2, 1, attempts=2, first_wait_s=0.01))


def version(hub: Hub, key: int, **more: Any) -> dict[str, Any]:
    file = {
        "id": key * 10,
        "name": f"nice_{key}.safetensors",
        "type": "Model",
        "sizeKB": 144.5,
        "metadata": {"format": "SafeTensor", "size": "pruned", "fp": "fp16"},
        "hashes": {"AutoV2": "AAAAAAAAAA", "SHA256": "AB" * 32},
        "downloadUrl": hub.url(f"/api/download/models/{key}"),
        "primary": True,
    }
    images = [
        {"url": "https://image.example/x/width=1024/adult.jpeg", "nsfwLevel": 16, "type": "image"},
        {"url": "https://image.example/x/width=1024/a.mp4", "nsfwLevel": 1, "type": "video"},
        {"url": "https://image.example/x/original=true/fine.jpeg", "nsfwLevel": 1, "type": "image"},
    ]
    return {"id": key, "name": f"v{key}", "baseModel": "SDXL 1.0", "trainedWords": ["abc"], "files": [file],
            "images": images, "publishedAt": "2026-01-02T03:04:05.000Z", **more}  # fmt: skip


def model(hub: Hub, *versions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": 7, "name": "Nice 好", "type": "LORA", "nsfw": False, "description": "<p>It is <b>good</b></p>",
            "tags": ["style"], "creator": {"username": "maker"}, "stats": {"downloadCount": 12, "thumbsUpCount": 3},
            "modelVersions": list(versions), **more}  # fmt: skip


def test_a_model_of_civitai_with_its_newest_version(hub: Hub, web: Web) -> None:
    hub.files["/api/v1/models/7"] = File(json=model(hub, version(hub, 2), version(hub, 1)))
    found = sources.wanted("https://civitai.com/models/7", web, JobContext())
    assert (found.name, found.kind, found.size, found.base) == ("nice_2.safetensors", "network", 147968, "SDXL 1.0")
    assert found.sha256 == "ab" * 32
    assert found.url == hub.url("/api/download/models/2")
    assert found.preview == "https://image.example/x/width=450/fine.jpeg"
    assert found.metadata["model"]["description"] == "<p>It is <b>good</b></p>"
    assert (found.metadata["modelId"], found.metadata["trainedWords"]) == (7, ["abc"])


def test_a_version_is_found_by_its_number_alone(hub: Hub, web: Web) -> None:
    hub.files["/api/v1/model-versions/1"] = File(json={**version(hub, 1), "modelId": 7})
    hub.files["/api/v1/models/7"] = File(json=model(hub, version(hub, 2), version(hub, 1)))
    assert sources.wanted("1", web, JobContext()).name == "nice_1.safetensors"
    assert sources.wanted("civitai:7@1", web, JobContext()).name == "nice_1.safetensors"
    hub.files.pop("/api/v1/models/7")
    found = sources.wanted("1", web, JobContext())
    assert (found.name, found.title) == ("nice_1.safetensors", "v1")
    with pytest.raises(Gone):
        sources.wanted("99", web, JobContext())


def test_wishes_and_file_numbers_choose_among_files(hub: Hub, web: Web) -> None:
    one = version(hub, 1)
    full = {**one["files"][0], "id": 11, "name": "full.safetensors", "primary": False,
            "metadata": {"format": "SafeTensor", "size": "full", "fp": "fp32"}}  # fmt: skip
    others = [{**full, "name": "data.zip", "type": "Training Data"}, {**full, "id": 12, "name": "x.ckpt",
              "metadata": {"format": "PickleTensor"}}]  # fmt: skip
    one["files"] = [*others, full, *one["files"]]
    hub.files["/api/v1/models/7"] = File(json=model(hub, one))
    found = civitai.find(CivitaiLink(7), web, JobContext())
    assert [file.name for file in found.variants[0].files] == ["nice_1.safetensors", "x.ckpt", "full.safetensors"]
    assert civitai.chosen(CivitaiLink(7, wish=(("size", "full"), ("fp", "fp32"))), found).name == "full.safetensors"
    assert civitai.chosen(CivitaiLink(7, file=12), found).name == "x.ckpt"
    assert civitai.chosen(CivitaiLink(7), found).name == "nice_1.safetensors"


def test_early_access_is_told_with_its_day(hub: Hub, web: Web) -> None:
    end = datetime.now(timezone.utc) + timedelta(days=3)
    locked = version(hub, 1, earlyAccessEndsAt=f"{end:%Y-%m-%dT%H:%M:%S}.000Z")
    hub.files["/api/v1/models/7"] = File(json=model(hub, locked))
    with pytest.raises(Refused, match=f"free from {end:%Y-%m-%d}"):
        sources.wanted("civitai:7", web, JobContext())
    locked["earlyAccessEndsAt"] = "2020-01-01T00:00:00.000Z"
    assert sources.wanted("civitai:7", web, JobContext()).name


def test_a_file_elsewhere_is_not_believed(hub: Hub, web: Web) -> None:
    one = version(hub, 1)
    one["files"][0]["downloadUrl"] = "https://evil.example/x"
    hub.files["/api/v1/models/7"] = File(json=model(hub, one))
    assert sources.wanted("civitai:7", web, JobContext()).url == hub.url("/api/download/models/1")


@pytest.mark.parametrize(
    ("image", "of_adult_model", "adult"),
    [
        ({"nsfwLevel": 1}, True, False),
        ({"nsfwLevel": 2}, False, False),
        ({"nsfwLevel": 4}, False, True),
        ({"nsfwLevel": 0}, False, True),
        ({"nsfwLevel": 3}, False, False),
        ({"nsfwLevel": 17}, False, True),
        ({"nsfw": "None"}, True, False),
        ({"nsfw": "X"}, False, True),
        ({"nsfw": True}, False, True),
        ({}, False, False),
        ({}, True, True),
    ],
)
def test_which_pictures_are_for_adults(image: dict[str, Any], of_adult_model: bool, adult: bool) -> None:
    assert civitai.is_adult(image, of_adult_model) is adult


def test_previews_for_adults_come_only_if_wanted(hub: Hub, web: Web) -> None:
    one = version(hub, 1)
    one["images"] = one["images"][:1]
    hub.files["/api/v1/models/7"] = File(json=model(hub, one))
    assert sources.wanted("civitai:7", web, JobContext()).preview == ""
    web.settings = Settings(adult_previews=True)
    assert sources.wanted("civitai:7", web, JobContext()).preview == "https://image.example/x/width=450/adult.jpeg"


def test_a_search_of_civitai_asks_with_its_filters_and_goes_on(hub: Hub, web: Web) -> None:
    rows = [model(hub, version(hub, 1)), model(hub, version(hub, 2), id=8, nsfw=True)]
    hub.files["/api/v1/models"] = File(json={"items": rows, "metadata": {"nextCursor": "a|b|1"}})
    query = Query(words="好 style", kind="network", base="SDXL", period="Month", sort="newest")
    page = sources.search(query, web, JobContext())
    asked = hub.seen[-1][1]
    assert asked["types"] == ["LORA", "LoCon", "DoRA"]
    assert "SDXL 1.0" in asked["baseModels"]
    assert (asked["query"], asked["sort"], asked["period"], asked["nsfw"]) == (
        ["好 style"],
        ["Newest"],
        ["Month"],
        ["false"],
    )
    assert [found.id for found in page.found] == ["7"]
    assert page.cursor == "a|b|1"
    (found,) = page.found
    assert (found.title, found.creator, found.kind, found.downloads, found.description) == (
        "Nice 好", "maker", "network", 12, "It is good",
    )  # fmt: skip
    sources.search(query.model_copy(update={"cursor": page.cursor, "adult": True}), web, JobContext())
    assert (hub.seen[-1][1]["cursor"], hub.seen[-1][1]["nsfw"]) == (["a|b|1"], ["true"])


TREE = [
    {"type": "directory", "path": "sub", "size": 0},
    {"type": "file", "path": "README.md", "size": 10},
    {"type": "file", "path": "old.ckpt", "size": 5, "lfs": {"oid": "cd" * 32, "size": 5}},
    {"type": "file", "path": "sub/loras/x.safetensors", "size": 99, "lfs": {"oid": f"sha256:{'ab' * 32}", "size": 99}},
    {"type": "file", "path": "pytorch_lora_weights.safetensors", "size": 7},
]


def test_a_repository_and_its_files(hub: Hub, web: Web) -> None:
    about = {"id": "owner/repo", "tags": ["lora", "text-to-image"], "downloads": 5, "likes": 2,
             "siblings": [{"rfilename": "a.png"}]}  # fmt: skip
    hub.files["/api/models/owner/repo"] = File(json=about)
    hub.files["/api/models/owner/repo/tree/main"] = File(
        json=TREE[:3], headers={"Link": f'<{hub.url("/api/page2?cursor=x")}>; rel="next"'}
    )
    hub.files["/api/page2"] = File(json=TREE[3:])
    found = huggingface.find(HubLink("owner/repo"), web, JobContext())
    files = found.variants[0].files
    assert [file.note for file in files] == ["pytorch_lora_weights.safetensors", "sub/loras/x.safetensors", "old.ckpt"]
    assert files[0].name == "repo pytorch_lora_weights.safetensors"
    assert (files[1].kind, files[1].size, files[1].sha256) == ("network", 99, "ab" * 32)
    assert files[1].url == hub.url("/owner/repo/resolve/main/sub/loras/x.safetensors")
    assert found.preview == hub.url("/owner/repo/resolve/main/a.png")
    assert files[0].metadata == {}
    one = sources.wanted("owner/repo/old.ckpt", web, JobContext())
    assert (one.name, one.sha256, one.kind) == ("old.ckpt", "cd" * 32, "network")
    assert sources.wanted("owner/repo/sub", web, JobContext()).note == "sub/loras/x.safetensors"
    with pytest.raises(Gone):
        sources.wanted("owner/repo/none.pt", web, JobContext())


def test_which_of_many_files_is_not_guessed(hub: Hub, web: Web) -> None:
    hub.files["/api/models/owner/repo"] = File(json={"id": "owner/repo"})
    tree = File(json=[{"type": "file", "path": path} for path in ("a.safetensors", "b.safetensors", "old/c.ckpt")])
    hub.files["/api/models/owner/repo/tree/main"] = tree
    with pytest.raises(Refused, match=r"3 model files.*owner/repo/a\.safetensors") as caught:
        sources.wanted("owner/repo", web, JobContext())
    assert caught.value.details.splitlines() == ["a.safetensors", "b.safetensors", "old/c.ckpt"]
    assert sources.wanted("owner/repo/b.safetensors", web, JobContext()).note == "b.safetensors"
    assert sources.wanted("owner/repo/old", web, JobContext()).note == "old/c.ckpt"
    tree.json = [{"type": "file", "path": path} for path in ("a.ckpt", "a.safetensors", "unet/b.safetensors")]
    assert sources.wanted("owner/repo", web, JobContext()).note == "a.safetensors"


def test_a_link_of_a_mirror_never_needs_the_site_itself(hub: Hub, web: Web) -> None:
    away = Site("huggingface", "Hugging Face", "http://127.0.0.1:1", ("127.0.0.1",), "x", "NO_SUCH")
    web.sites = Sites(huggingface=away)
    hub.files["/api/models/owner/repo"] = File(json={"id": "owner/repo", "siblings": [{"rfilename": "a.png"}]})
    hub.files["/api/models/owner/repo/tree/main"] = File(json=[{"type": "file", "path": "b.pt"}])
    found = sources.of_link(HubLink("owner/repo", mirror=hub.origin), web, JobContext())
    assert found.url == hub.url("/owner/repo/resolve/main/b.pt")
    assert found.preview == hub.url("/owner/repo/resolve/main/a.png")
    assert found.page == "http://127.0.0.1:1/owner/repo"
    with pytest.raises(NoNetwork):
        sources.of_link(HubLink("owner/repo"), web, JobContext())


def test_a_search_of_hugging_face(hub: Hub, web: Web) -> None:
    now = datetime.now(timezone.utc)
    rows = [
        {"id": "a/new", "tags": ["lora"], "lastModified": f"{now:%Y-%m-%dT%H:%M:%S}.000Z", "downloads": 3, "likes": 1},
        {"id": "a/old", "tags": ["lora"], "lastModified": "2020-01-01T00:00:00.000Z"},
        {"id": "a/adult", "tags": ["lora", "not-for-all-audiences"], "lastModified": f"{now:%Y-%m-%dT%H:%M:%S}Z"},
    ]
    hub.files["/api/models"] = File(json=rows, headers={"Link": f'<{hub.url("/api/models?cursor=n")}>; rel="next"'})
    query = Query(words="style", site="huggingface", kind="network", base="SDXL", period="Week", sort="rating")
    page = sources.search(query, web, JobContext())
    assert [found.id for found in page.found] == ["a/new"]
    asked = hub.seen[-1][1]
    assert (asked["search"], asked["filter"], asked["sort"]) == (["style"], ["lora", "stable-diffusion-xl"], ["likes"])
    sources.search(query.model_copy(update={"cursor": page.cursor}), web, JobContext())
    assert hub.seen[-1][1] == {"cursor": ["n"]}
    sources.search(query.model_copy(update={"cursor": "https://evil.example/"}), web, JobContext())
    assert hub.seen[-1][1]["search"] == ["style"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "name", "modelVersions", "files", "images", "hashes", "metadata", "items", "sizeKB",
                         "url", "nsfwLevel", "stats", "creator", "tags", "type", "siblings", "path", "lfs", "SHA256"]),
        inner, max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_nonsense_from_a_site_does_no_harm(said: Any) -> None:
    from studio.library.downloads.values import table

    web = Web(Settings())
    civitai.found_of(table(said), web)
    civitai.found_of({"modelVersions": [{"id": 1, "files": [{"name": "a.pt", **table(said)}], "images": [said]}]}, web)
    huggingface.found_of(table(said), web)


def test_an_answer_that_is_no_json_is_said(hub: Hub, web: Web) -> None:
    hub.files["/api/v1/models/7"] = File(b"<html>blocked", type="text/html")
    with pytest.raises(NoNetwork, match="web page"):
        sources.wanted("civitai:7", web, JobContext())


# tokens


def test_a_token_in_an_address_is_used_but_not_kept(hub: Hub, web: Web) -> None:
    hub.files["/api/v1/model-versions/1"] = File(json={**version(hub, 1), "modelId": 7}, token="abc")  # noqa: S106
    hub.files["/api/v1/models/7"] = File(json=model(hub, version(hub, 1)), token="abc")  # noqa: S106
    found = sources.wanted("https://civitai.com/api/download/models/1?token=abc", web, JobContext())
    assert "abc" not in found.url
    assert web.tokens.token(web.sites.civitai) == "abc"


def test_without_a_keyring_a_token_lasts_for_the_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import keyring
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring, "get_keyring", Keyring)
    monkeypatch.delenv(CIVITAI.variable, raising=False)
    tokens = Tokens()
    assert not tokens.can_be_kept
    assert tokens.token(CIVITAI) == ""
    assert tokens.keep(CIVITAI, " secret ") is False
    assert tokens.token(CIVITAI) == "secret"
    assert Tokens().token(CIVITAI) == ""
    tokens.forget(CIVITAI)
    assert tokens.token(CIVITAI) == ""
    for wrong in ("", "a b", "模", "x" * 600, "a\nb"):
        with pytest.raises(BadRequest):
            tokens.keep(CIVITAI, wrong)


def test_with_a_keyring_tokens_are_kept_there(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backend import KeyringBackend
    from keyring.errors import PasswordDeleteError

    kept: dict[tuple[str, str], str] = {}

    class Ring(KeyringBackend):
        priority = 1  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            return kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            if kept.pop((service, username), None) is None:
                raise PasswordDeleteError

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        monkeypatch.delenv(CIVITAI.variable, raising=False)
        assert Tokens().keep(CIVITAI, "secret") is True
        assert Tokens().token(CIVITAI) == "secret"
        assert kept == {("SD Studio", "civitai"): "secret"}
        Tokens().forget(CIVITAI)
        Tokens().forget(CIVITAI)
        assert Tokens().token(CIVITAI) == ""
    finally:
        keyring.set_keyring(before)
        from keyring.backend import get_all_keyring

        get_all_keyring.reset()  # type: ignore[attr-defined]


def test_the_environment_names_tokens_and_mirrors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVITAI_TOKEN", "of the environment")
    assert Tokens().token(CIVITAI) == "of the environment"
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example/")
    assert sites_of(Settings()).hub == "https://mirror.example"
    assert sites_of(Settings(hub_mirror="https://other.example")).hub == "https://other.example"
    address = sites_of(Settings()).address("https://huggingface.co/a/b/resolve/main/x.pt")
    assert address == "https://mirror.example/a/b/resolve/main/x.pt"
    assert (
        sites_of(Settings()).address("https://huggingface.co.evil.example/x") == "https://huggingface.co.evil.example/x"
    )
    monkeypatch.delenv("HF_ENDPOINT")
    assert sites_of(Settings()).hub == "https://huggingface.co"
