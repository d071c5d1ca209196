"""Inputs of the parsers, changed at random by a seed: each ends in time, and raises nothing that it does not document."""

from __future__ import annotations

import random
import signal
import tempfile
import time
from pathlib import Path
from types import FrameType

from tests.soak.answers import BODIES
from tests.soak.nested import nested_body
from tests.soak.parsers import PARSERS, clean_body, read_page, write_post
from tests.websites import news_page

TESTS = Path(__file__).resolve().parent.parent
CPU_EACH = 2.0  # seconds of one input
LONGEST = 200_000  # bytes
READ_MARKUP = (clean_body, read_page, write_post)
TIMES = (
    "2026-06-30 15:20:01", "6月30日 15:20", "昨天 9:05", "3分钟前", "Tue, 30 Jun 2026 15:20:01 +0800", "June 30, 2026 3:20 p.m. EDT", "30/06/2026", "2026年6月30日星期二 下午3:20",
    "le 30 juin 2026 à 15h20", "1782804001", "2026-06-30T15:20:01.5Z", "二〇二六年六月三十日", "民國115年6月30日", "30. Juni 2026",
)  # fmt: skip
QUERIES = (
    "储能 电站",
    "电站 -航运",
    "a|b",
    '"引号"',
    "AND OR NOT",
    "ABC* ^x",
    "储 -能",
    "-",
    "||",
    "(a)",
    "近/3 NEAR(a b)",
    "a:b",
    "\x00",
    "%_",
)
TOKENS = (
    b"<", b">", b"&", b"\"", b"'", b"<!--", b"-->", b"<script>", b"</", b"<img src=", b"<a href=javascript:", b" style=", b" onload=", b"&#x", b"&amp;", b"\x00", b"\xff",
    "\u202e".encode(), "\u2028".encode(), "　".encode(), "（".encode(), "年".encode(), b"9999999999", b"-", b"|", b"\n", b"\t" * 50, b"[" * 50, b"{", b"]]>", b"<![CDATA[",
    b"<svg>", b"<math><mi>", b"<noscript>", b"<template>", b"<table><td>", b"<p><a><p>", b"(600999)", b"00700.HK", b"data:text/html,", b"http://[", b"{{ x }}", b"{% raw %}", b"---\n",
)  # fmt: skip


def seeds() -> list[bytes]:
    """What is changed: recorded pages and lists, bodies, times, queries."""
    files = [path for folder in ("pages", "sources", "newsroom/articles") for path in sorted((TESTS / folder).rglob("*")) if path.is_file()]  # fmt: skip
    texts = [text.encode() for text in (*TIMES, *QUERIES)]
    return [news_page(), *texts * 4, *[body for body in BODIES if len(body) < LONGEST], *(path.read_bytes() for path in files if path.stat().st_size < LONGEST)]  # fmt: skip


def mutate(data: bytes, other: bytes, dice: random.Random) -> bytes:
    """*data* with a few changes: tokens put in, pieces repeated, cut, moved, or taken from *other*."""
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        at = dice.randrange(len(data) + 1)
        end = min(len(data), at + dice.choice((1, 4, 40, 400)))
        match dice.randrange(6):
            case 0:
                data = data[:at] + dice.choice(TOKENS) + data[at:]
            case 1:
                data = data[:at] + data[end:]
            case 2:
                data = data[:at] + data[at:end] * dice.choice((2, 10, 300)) + data[end:]
            case 3:
                start = dice.randrange(len(other) + 1)
                data = data[:at] + other[start : start + 200] + data[at:]
            case 4:
                data = data[:at] + bytes((dice.randrange(256),)) + data[at + 1 :]
            case _:
                data = data[:at] + dice.choice(TOKENS) * dice.choice((1, 50, 2_000)) + data[end:]
        data = data[:LONGEST]
    return data


class TookTooLong(BaseException):
    """An input that needs more CPU time than any may."""


def too_long(number: int, frame: FrameType | None) -> None:
    raise TookTooLong


def mutate_inputs(seconds: float, seed: int = 1, most: int | None = None) -> str:
    """Feed the parsers for *seconds* of CPU time, or *most* inputs. Raises AssertionError with the first that fails."""
    given = seeds()
    counts = dict.fromkeys(PARSERS, 0)
    before = signal.signal(signal.SIGPROF, too_long)
    begun = time.process_time()
    slowest = 0.0
    try:
        number = 0
        while time.process_time() - begun < seconds and number != most:
            dice = random.Random(f"{seed}:{number}")
            name, parser = list(PARSERS.items())[number % len(PARSERS)]
            if parser in READ_MARKUP and dice.random() < 0.3:
                data = nested_body(dice).encode()
            else:
                data = mutate(dice.choice(given), dice.choice(given), dice)
            signal.setitimer(signal.ITIMER_PROF, CPU_EACH)
            started = time.process_time()
            try:
                parser(data)
            except (Exception, TookTooLong) as exc:
                signal.setitimer(signal.ITIMER_PROF, 0)
                kept = Path(tempfile.mkdtemp(prefix="finews-")) / f"{name}-{seed}-{number}.bin"
                kept.write_bytes(data)
                raise AssertionError(f"{name}, input {number} of seed {seed}, in {kept}: {type(exc).__name__}: {exc}"[:2000]) from exc  # fmt: skip
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            slowest = max(slowest, time.process_time() - started)
            counts[name] += 1
            number += 1
    finally:
        signal.signal(signal.SIGPROF, before)
    listed = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    return f"{sum(counts.values()):,} inputs in {time.process_time() - begun:.0f} s of CPU time, the slowest {slowest:.2f} s: {listed}"
