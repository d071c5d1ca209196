"""Lines as a pipe brings them."""

import asyncio
import io
import os

import pytest

from crawler.line_reader import LONGEST, LinePipe, is_stream, lines_of


@pytest.fixture
def pipe():
    """``(LinePipe, write end)``."""
    read, write = os.pipe()
    yield LinePipe(read), os.fdopen(write, "wb", buffering=0)
    os.close(read)


def all_of(lines):
    async def taken():
        return [line async for line in lines]

    return asyncio.run(taken())


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        ([], []),
        ([b"a\nb\n"], ["a", "b", ""]),
        ([b"a\nb"], ["a", "b"]),
        ([b"a\r\n\nb\n"], ["a\r", "", "b", ""]),
        (["甲".encode()[:2], "甲".encode()[2:], b"\n"], ["甲", ""]),
        ([b"\xef\xbb\xbfa\n", b"\xff\n"], ["a", "\ufffd", ""]),
    ],
)
def test_lines_are_put_together(pipe, parts, lines):
    read, write = pipe
    for part in parts:
        write.write(part)
    write.close()
    assert [line for line in all_of(read) if line] == [line for line in lines if line]


def test_lines_of_a_long_list_all_come(pipe):
    read, write = pipe

    async def both():
        loop = asyncio.get_running_loop()
        written = loop.run_in_executor(
            None, lambda: [write.write(b"%d\n" % n) for n in range(50_000)] and write.close()
        )
        found = [line async for line in read]
        await written
        return found

    assert asyncio.run(both()) == [str(n) for n in range(50_000)]


def test_what_is_left_is_what_has_come(pipe):
    read, write = pipe
    write.write(b"a\nb\nc\nd")

    async def first():
        return await anext(aiter(read))

    assert asyncio.run(first()) == "a"
    assert list(read.left()) == ["b", "c", "d"]
    write.close()


def test_what_may_have_to_be_waited_for(tmp_path):
    (tmp_path / "links.txt").write_text("a\n")
    with open(tmp_path / "links.txt") as file:
        assert not is_stream(file.fileno())
    read, write = os.pipe()
    assert is_stream(read)
    os.close(read)
    os.close(write)


def test_no_line_fills_the_memory(pipe):
    read, write = pipe
    for _ in range(LONGEST // 1024 + 1):  # what has come of it is a line, though it has not ended
        write.write(b"x" * 1023)
        read._read()
    assert len(read._lines.popleft()) in range(LONGEST, LONGEST + 1023)
    assert len(read._rest) < 1023
    write.close()
    assert list(map(len, lines_of(io.StringIO("x" * (LONGEST + 1) + "\nyy\n")))) == [LONGEST, 2, 3]
