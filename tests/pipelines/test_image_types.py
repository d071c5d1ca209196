"""Images of every kept type, whole, cut short and mutilated; and what is no image."""

from __future__ import annotations

import random
import struct
import zlib
from base64 import b64decode

import pytest

from pipelines.image_limits import Limits
from pipelines.image_types import ImageInfo, sniff, why_not

# 12 x 8 pixels each, as Pillow 13 writes them; the animation has 3 frames.
ENCODED = {
    "jpeg": (
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1"
        "tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
        "pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAIAAwDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAw"
        "QFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkK"
        "FhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmq"
        "KjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEB"
        "AQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRob"
        "HBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOE"
        "hYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+P"
        "n6/9oADAMBAAIRAxEAPwDKjDhvmzjHrUlFFaylzO568IKCsj//2Q=="
    ),
    "progressive": (
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1"
        "tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
        "pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wgARCAAIAAwDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAIE/8"
        "QAFQEBAQAAAAAAAAAAAAAAAAAAAgT/2gAMAwEAAhADEAAAAclCr//EABUQAQEAAAAAAAAAAAAAAAAAAAEQ/9oACAEB"
        "AAEFAif/xAAWEQEBAQAAAAAAAAAAAAAAAAABABH/2gAIAQMBAT8BDL//xAAWEQEBAQAAAAAAAAAAAAAAAAABABH/2g"
        "AIAQIBAT8BXb//xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oACAEBAAY/Aj//xAAWEAEBAQAAAAAAAAAAAAAAAAARECH/"
        "2gAIAQEAAT8hTs//2gAMAwEAAgADAAAAEP8A/8QAFhEBAQEAAAAAAAAAAAAAAAAAAQAR/9oACAEDAQE/EDOF/8QAFR"
        "EBAQAAAAAAAAAAAAAAAAAAEQD/2gAIAQIBAT8QQ3//xAAYEAACAwAAAAAAAAAAAAAAAAABERAxUf/aAAgBAQABPxAB"
        "sS2P/9k="
    ),
    "webp": (
        "UklGRkAAAABXRUJQVlA4IDQAAACwAQCdASoMAAgABUB8JbACdADx9MAAAP7j3jNUcQFSYNHv1uZLvO/5ku9mfrf6HP628+gA"
    ),
    "webp_lossless": ("UklGRi4AAABXRUJQVlA4TCEAAAAvC8ABAA9wCvYr+F4Sef6DB4TZRgj1tzuT/Y4hov+RnQQA"),
    "webp_animated": (
        "UklGRlABAABXRUJQVlA4WAoAAAACAAAACwAABwAAQU5JTQYAAAAAAAAAAABBTk1GTgAAAAAAAAAAAAsAAAcAAAAAAA"
        "JWUDggNgAAAFABAJ0BKgwACAAFQHwlsAAEdAAA/ur02roSgMZRfO4P+b/c0+/g+//Ml3sz9b/Q5/W3iAAAAEFOTUZa"
        "AAAAAAAAAAAACwAABwAAAAAAAFZQOCBCAAAAVAEAnQEqDAAIAAAAfCWwAAR0AAD+v7Xqn+0kyJbPf9YeoatnZE0WB6"
        "2F/O/Q2/zG39gmsCap/tDLEjHzW9g6YAAAQU5NRmwAAAAAAAAAAAALAAAHAAAAAAAAVlA4IFQAAABUAQCdASoMAAgA"
        "AAB8JbAABgaAAP7dpj0un6c/2djyn/3sIi/yPj+b8fMv0ptn2980ufsQi0IjPfmOgQvcP/wWuobynXwJ+P9JN/wDUn"
        "0iPNDAAAA="
    ),
    "avif": (
        "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAA"
        "AAAAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAALwAAAChpaW5mAAAAAAAB"
        "AAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAADAAAAAgAAAAQcG"
        "l4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAA"
        "N21kYXQSAAoIGAyvtEBDQaEyIR2Hh4Wd3HHHAsBVAP/Q434r8M/CpTfWjfdyRz+H3eb9QA=="
    ),
}


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 12, height: int = 8, before: bytes = b"", after: bytes = b"") -> bytes:
    """A grey PNG with further chunks before and after its pixels."""
    pixels = zlib.compress((b"\0" + b"\x80" * width) * height) if width * height < 10_000 else b"x"
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", pixels) + after + chunk(b"IEND", b"")


def gif(frames: int, screen: tuple[int, int] = (12, 8)) -> bytes:
    frame = (
        b"\x21\xf9\x04\0\0\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 12, 8, 0) + b"\x02\x02\x4c\x01\0"
    )
    return (
        b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frame * frames + b";"
    )


def bmp(height: int = 8) -> bytes:
    pixels = b"\x80" * 36 * 8
    header = struct.pack("<IiiHHIIiiII", 40, 12, height, 1, 24, 0, len(pixels), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + header + pixels


ANIMATION = chunk(b"acTL", struct.pack(">II", 3, 0)) + chunk(b"fcTL", bytes(26))
FRAMES = (chunk(b"fcTL", bytes(26)) + chunk(b"fdAT", bytes(8))) * 2
WHOLE = {name: b64decode(text) for name, text in ENCODED.items()} | {
    "png": png(),
    "apng": png(before=ANIMATION, after=FRAMES),
    "gif": gif(1),
    "gif_animated": gif(3),
    "bmp": bmp(),
    "bmp_from_top": bmp(height=-8),
}
TYPES = {"jpeg": ".jpg", "png": ".png", "gif": ".gif", "webp": ".webp", "avif": ".avif", "bmp": ".bmp"}
NAMED = {"progressive": "jpeg", "apng": "png"}


@pytest.mark.parametrize("name", WHOLE)
def test_type_size_frames_and_end(name):
    kind = NAMED.get(name, name.partition("_")[0])
    found = sniff(WHOLE[name])
    assert found is not None
    assert (found.media_type, found.suffix) == (f"image/{kind}", TYPES[kind])
    assert (found.width, found.height) == (12, 8)
    assert found.frames == (3 if "animated" in name or name == "apng" else 1)
    assert found.complete
    assert found.trailing == 0


@pytest.mark.parametrize("name", WHOLE)
def test_cut_short_is_told_from_whole(name):
    data = WHOLE[name]
    for end in range(len(data)):
        found = sniff(data[:end])
        assert found is None or not found.complete, end


@pytest.mark.parametrize("name", WHOLE)
def test_cut_short_still_has_its_size(name):
    # an AVIF has its size before its pixels, a JPEG only after its tables
    found = sniff(WHOLE[name][:-2])
    assert found is not None
    assert (found.width, found.height, found.complete) == (12, 8, False)


@pytest.mark.parametrize("name", WHOLE)
def test_bytes_after_the_end_are_counted(name):
    found = sniff(WHOLE[name] + b"\r\n<html>")
    assert found is not None
    assert (found.complete, found.trailing) == (True, 8)


@pytest.mark.parametrize("name", WHOLE)
def test_any_mutation_is_survived(name):
    dice = random.Random(name)
    data = WHOLE[name]
    for _ in range(400):
        mutant = bytearray(data)
        for _ in range(dice.randint(1, 6)):
            mutant[dice.randrange(len(mutant))] = dice.choice((0, 1, 127, 128, 254, 255, dice.randrange(256)))
        if dice.random() < 0.3:
            start = dice.randrange(len(mutant))
            del mutant[start : start + dice.randint(1, 40)]
        found = sniff(bytes(mutant))
        assert found is None or (found.width > 0 and found.height > 0 and found.frames > 0)
        assert why_not(bytes(mutant))


def test_random_bytes_behind_every_magic_are_survived():
    dice = random.Random(7)
    for magic in (
        b"",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF",
        b"BM",
        b"\0\0\0\x18ftypavif",
    ):
        for length in (0, 1, 8, 40, 300, 5_000):
            data = magic + dice.randbytes(length)
            found = sniff(data)
            assert found is None or isinstance(found, ImageInfo)
            assert why_not(data)


def test_the_header_of_an_exif_thumbnail_is_not_the_picture():
    thumbnail = WHOLE["jpeg"]
    exif = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    data = WHOLE["progressive"]
    for whole, complete in ((data, True), (data[:-2], False)):
        found = sniff(whole[:2] + exif + whole[2:])
        assert found is not None
        assert (found.width, found.height, found.complete) == (12, 8, complete)
    # cut inside the thumbnail, there is no size at all
    assert sniff(data[:2] + exif) is None


def test_a_gif_without_a_screen_has_the_size_of_its_frame():
    found = sniff(gif(2, screen=(0, 0)))
    assert found is not None
    assert (found.width, found.height, found.frames) == (12, 8, 2)


def test_what_a_webp_announces():
    found = sniff(WHOLE["webp"][:40])
    assert found is not None
    assert found.expected == len(WHOLE["webp"])


NOT_IMAGES = {
    b"": "empty",
    b" \r\n": "blank",
    b"<!DOCTYPE html><html>": "HTML",
    b"\xef\xbb\xbf\n<HTML><body>404": "HTML",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "SVG",
    b"<?xml version='1.0'?><!-- drawn --><svg>": "SVG",
    b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>": "XML",
    b'{"code": 404}': "JSON",
    b"[]": "JSON",
    b"II*\0\x08\0\0\0": "TIFF",
    b"\0\0\1\0\1\0\x10\x10": "icon",
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic": "HEIC",
    b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom": "video",
    b"%PDF-1.7": "PDF",
    b"Not Found": "text",
    "没有找到".encode(): "text",
    b"BM is how this text begins": "broken",
    b"\xff\xd8\xff\xe0\0\x10JFIF": "broken",
    b"\x89PNG\r\n\x1a\n": "broken",
    b"GIF89a": "broken",
    b"RIFF\x24\0\0\0WAVEfmt ": "broken",
    png(0, 8): "broken",
    b"\x1f\x8b\x08\0\0\0": "no image",
}


@pytest.mark.parametrize(("data", "word"), NOT_IMAGES.items(), ids=range(len(NOT_IMAGES)))
def test_says_what_is_no_picture(data, word):
    assert sniff(data) is None
    assert word in why_not(data)


@pytest.mark.parametrize(
    ("image", "size", "words"),
    [
        (ImageInfo("image/png", ".png", 1, 1), 90, "tracking pixel"),
        (
            ImageInfo("image/png", ".png", 30_000, 30_000),
            90,
            "30,000 x 30,000 pixels is over the limit of 50,000,000",
        ),
        (ImageInfo("image/png", ".png", 20_001, 2), 90, "a side is over the limit of 20,000"),
        (ImageInfo("image/gif", ".gif", 2, 2, frames=501), 90, "501 frames is over the limit of 500"),
        (
            ImageInfo("image/png", ".png", 2, 2),
            20 * 1024 * 1024 + 1,
            "20,971,521 bytes is over the limit of 20,971,520",
        ),
    ],
)
def test_limits_refuse(image, size, words):
    assert words in (Limits().refuse(image, size) or "")


@pytest.mark.parametrize(
    "image",
    [
        ImageInfo("image/png", ".png", 1, 2),
        ImageInfo("image/png", ".png", 20_000, 2_500),
        ImageInfo("image/gif", ".gif", 2, 2, frames=500),
    ],
)
def test_limits_take_what_reaches_them(image):
    assert Limits().refuse(image, 20 * 1024 * 1024) is None


def test_a_file_made_of_empty_parts_ends():
    millions = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
    found = sniff(millions + chunk(b"tEXt", b"") * 400_000 + chunk(b"IEND", b""))
    assert found is not None
    assert not found.complete
