"""Infotexts in picture files: the web UI's, other programs', and hostile ones."""

import contextlib
import json
import struct
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.core.errors import FileProblem, InfotextError
from studio.core.infotext import read, text_in
from studio.core.infotext_pictures import PARAMETERS, encode, fits, read_texts

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
FILES = json.loads((GOLDEN / "metadata_images.json").read_text("utf-8"))["files"]
INFOTEXT = (
    '猫 "quoted", (a:1.2)\nNegative prompt: bad 😀\nSteps: 20, Sampler: Euler a, CFG scale: 7.0, Seed: 1, Size: 64x48'
)
SUFFIXES = ["png", "jpg", "webp", "avif", "gif"]


def picture(size: tuple[int, int] = (64, 48)) -> Image.Image:
    return Image.new("RGB", size, (200, 30, 60))


def chunk(kind: bytes, data: bytes, length: int | None = None) -> bytes:
    head = struct.pack(">I4s", len(data) if length is None else length, kind)
    return head + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, after: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", b"") + after + chunk(b"IEND", b"")


def png_file(tmp_path: Path, texts: dict[str, str]) -> Path:
    chunks = [chunk(b"iTXt", key.encode() + b"\0\0\0\0\0" + text.encode()) for key, text in texts.items()]
    path = tmp_path / "picture.png"
    path.write_bytes(png(*chunks))
    return path


@pytest.mark.parametrize(("name", "text", "items"), FILES)
def test_the_webuis_files_are_read(name: str, text: str, items: dict[str, str]) -> None:
    path = GOLDEN / "metadata_images" / name
    assert text_in(path) == text
    others = {key: value for key, value in read_texts(path).texts.items() if key != PARAMETERS}
    assert others == {key: value for key, value in items.items() if key not in ("version", "comment")}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_embedded_is_read_by_us_and_pillow(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"图 片.{suffix}"
    data = encode(picture(), suffix, INFOTEXT)
    path.write_bytes(data)
    assert text_in(path) == INFOTEXT
    assert (read_texts(path).width, read_texts(path).height) == (64, 48)
    assert encode(picture(), suffix, INFOTEXT) == data
    with Image.open(path) as image:
        image.load()
        if suffix == "png":
            assert image.info["parameters"] == INFOTEXT  # type: ignore[attr-defined]
        elif suffix == "gif":
            assert image.info["comment"] == INFOTEXT.encode()
        else:
            assert image.getexif().get_ifd(0x8769)[0x9286] == b"UNICODE\0" + INFOTEXT.encode("utf-16-be")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), st.sampled_from(["png", "webp", "jpg"]))
def test_every_text_survives_every_format(tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str) -> None:
    path = tmp_path_factory.mktemp("p") / f"p.{suffix}"
    path.write_bytes(encode(picture((8, 8)), suffix, f"a{text}b"))
    assert read_texts(path).texts[PARAMETERS] == f"a{text}b"


def test_a_png_is_the_webuis_byte_for_byte_in_its_texts() -> None:
    theirs = (GOLDEN / "metadata_images" / "a1111.png").read_bytes()
    ours = encode(picture(), "png", INFOTEXT)
    start = theirs.index(b"iTXtparameters")
    assert theirs[start : theirs.index(b"tEXtextras") - 8] in ours


def test_texts_after_the_pixels_are_found(tmp_path: Path) -> None:
    path = tmp_path / "late.png"
    path.write_bytes(png(after=chunk(b"tEXt", b"parameters\0late")))
    assert text_in(path) == "late"


def test_a_jpeg_too_small_for_its_infotext_is_helped_by_a_file_beside_it(tmp_path: Path) -> None:
    long = "word " * 20_000 + "\nSteps: 7, Sampler: Euler, Seed: 3"
    assert not fits("jpg", long)
    assert fits("png", long)
    path = tmp_path / "long.jpg"
    path.write_bytes(encode(picture(), "jpg", long))
    with pytest.raises(InfotextError):
        read(path)
    path.with_suffix(".txt").write_text(long, "utf-8")
    assert read(path)[0].steps == 7


@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le", "utf-16"])
@pytest.mark.parametrize("tiff", [b"MM", b"II"])
def test_user_comments_in_either_byte_order(tmp_path: Path, order: str, tiff: bytes) -> None:
    data = b"UNICODE\0" + INFOTEXT.encode(order)
    sign = ">" if tiff == b"MM" else "<"
    exif = b"Exif\0\0" + tiff + struct.pack(f"{sign}HI", 42, 8) + struct.pack(f"{sign}HHHIII", 1, 0x8769, 4, 1, 26, 0)
    exif += struct.pack(f"{sign}HHHIII", 1, 0x9286, 7, len(data), 44, 0) + data
    path = tmp_path / "a.jpg"
    picture().save(path, exif=exif)
    assert text_in(path) == INFOTEXT


@pytest.mark.parametrize("code", [b"ASCII\0\0\0", b"\0" * 8, b""])
def test_user_comments_in_plain_text(tmp_path: Path, code: bytes) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = code + b"a cat\nSteps: 3, Seed: 2, Size: 8x8"
    path = tmp_path / "a.webp"
    picture().save(path, exif=exif)
    assert read(path)[0].steps == 3


@pytest.mark.parametrize("comment", [b"", b"Created with GIMP"])
def test_a_remark_is_no_infotext(tmp_path: Path, comment: bytes) -> None:
    path = tmp_path / "a.jpg"
    picture().save(path, comment=comment)
    with pytest.raises(InfotextError, match=r"a\.jpg holds no parameters\."):
        read(path)


def test_files_that_are_no_pictures(tmp_path: Path) -> None:
    for name, data in {
        "a.png": b"",
        "b.jpg": b"<html>",
        "c.webp": b"RIFF\xff\xff\xff\xffWEBPVP8X",
        "d.gif": b"GIF89a",
    }.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InfotextError):
            read(tmp_path / name)
    with pytest.raises(FileProblem):
        read(tmp_path / "missing.png")
    with pytest.raises(FileProblem):
        read(tmp_path)


def test_text_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfa cat\r\nNegative prompt: dog\r\nSteps: 3, Seed: 2, Size: 8x16\r\n")
    request, left = read(path)
    assert (request.prompt, request.negative_prompt, request.steps, request.height) == ("a cat", "dog", 3, 16)
    assert left == {}
    path.write_bytes(b" \n")
    with pytest.raises(InfotextError):
        read(path)


def test_a_compressed_bomb_stays_small(tmp_path: Path) -> None:
    bomb = zlib.compress(b"\0" * 300_000_000, 9)
    path = tmp_path / "bomb.png"
    path.write_bytes(png(chunk(b"zTXt", b"parameters\0\0" + bomb), chunk(b"iTXt", b"prompt\0\1\0\0\0" + bomb)))
    tracemalloc.start()
    with pytest.raises(InfotextError):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


def test_a_header_that_promises_too_many_pixels_is_only_a_header(tmp_path: Path) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 2, 0, 0, 0))
    text = chunk(b"tEXt", b"parameters\0a cat\nSteps: 4, Seed: 1, Size: 8x8")
    path = tmp_path / "huge.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + text + chunk(b"IEND", b""))
    assert read(path)[0].steps == 4


@pytest.mark.parametrize("length", [0xFFFFFFFF, 5, 2**24 + 1])
def test_a_chunk_that_lies_about_its_length(tmp_path: Path, length: int) -> None:
    path = tmp_path / "lies.png"
    path.write_bytes(png(chunk(b"tEXt", b"parameters\0a cat", length)))
    with pytest.raises(InfotextError):
        read(path)


def test_a_million_chunks_are_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "many.png"
    path.write_bytes(png(chunk(b"tEXt", b"k\0" + b"v" * 10) * 1_000_000))
    started = time.process_time()
    with pytest.raises(InfotextError):
        read(path)
    assert time.process_time() - started < 5


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(SUFFIXES), st.data())
def test_broken_files_never_crash(tmp_path_factory: pytest.TempPathFactory, suffix: str, data: st.DataObject) -> None:
    whole = bytearray(encode(picture(), suffix, INFOTEXT))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("p") / f"p.{suffix}"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))] if data.draw(st.booleans()) else whole)
    with contextlib.suppress(InfotextError, FileProblem):
        read(path)


@given(st.binary(max_size=300))
def test_any_exif_is_survived(data: bytes) -> None:
    from studio.core.infotext_exif import exif_texts

    for order in (b"", b"MM\0*\0\0\0\x08", b"II*\0\x08\0\0\0"):
        exif_texts(order + data)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["invokeai_metadata", "sd-metadata", "Dream", "prompt", "Comment", "parameters"]))
def test_any_json_is_survived(said: Any, keyword: str) -> None:
    from studio.core.infotext_foreign import foreign
    from studio.core.infotext_pictures import PictureTexts
    from studio.core.infotext_read import to_request

    found = foreign(PictureTexts({keyword: json.dumps(said), "Software": "NovelAI"}, 8, 8))
    if found:
        to_request(found)


def test_deep_json_is_survived(tmp_path: Path) -> None:
    deep = '{"1": {"class_type": "KSampler", "inputs": {"a": ' + "[" * 100_000 + "]" * 100_000 + "}}}"
    with pytest.raises(InfotextError):
        read(png_file(tmp_path, {"prompt": deep}))
