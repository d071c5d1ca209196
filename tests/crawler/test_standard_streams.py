"""Standard streams that are closed or full, in processes of their own."""

import os
import subprocess
import sys

import pytest

from tests.scrapy_process import ROOT, run_scrapy

GUARDED = "from crawler.standard_streams import *; guard_streams(); "


def run(code: str, redirection: str) -> subprocess.CompletedProcess[str]:
    line = f'"$0" -c "$1" {redirection}'
    command = ["bash", "-c", line, sys.executable, GUARDED + code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_file_does_not_get_the_number_of_a_closed_stream(tmp_path):
    code = f"file = open('{tmp_path / 'archive'}', 'w'); print('lost', file=sys.stderr); assert file.fileno() > 2"
    done = run(code, "<&- >&- 2>&-")
    assert done.returncode == 0
    assert (tmp_path / "archive").read_text() == ""


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
def test_an_output_that_cannot_be_written_is_an_error_once(redirection):
    code = """
try:
    print('x', flush=True)
except OutputError as exc:
    print(f'{exc}: {exc.__cause__.strerror}', file=sys.stderr)
print('dropped')
"""
    done = run(code, redirection)
    assert done.returncode == 0
    assert done.stderr.startswith("standard output cannot be written: ")
    assert done.stderr.count("\n") == 1


def test_what_cannot_be_written_of_errors_is_dropped():
    done = run("print('x', file=sys.stderr); print('done')", "2>/dev/full")
    assert (done.returncode, done.stdout) == (0, "done\n")


def test_a_character_that_the_encoding_lacks_becomes_an_escape():
    code = "sys.stdout.reconfigure(encoding='ascii'); guard_streams(); print('储能')"
    assert run(code, "").stdout == "\\u50a8\\u80fd\n"


def test_the_processes_that_it_starts_get_no_file_either():
    code = "import subprocess; sys.exit(subprocess.call(['test', '-e', '/dev/fd/1']))"
    assert run(code, ">&-").returncode == 0


def test_what_was_printed_before_stays_in_front():
    code = """
sys.stdout = sys.__stdout__
sys.stdout.reconfigure(write_through=False)
print('first')
guard_streams()
print(standard_input().read(), end='')
"""
    assert run(code, "<<< second").stdout == "first\nsecond\n"


def test_a_stream_that_is_somebodys_own_is_left():
    code = "import io; own = sys.stdout = io.StringIO(); guard_streams(); assert sys.stdout is own"
    assert run(code, "").returncode == 0


def test_a_command_says_that_standard_output_is_full(tmp_path):
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        done = run_scrapy("source", "list", "-s", f"DATA_DIR={tmp_path}", stdout=full)
    finally:
        os.close(full)
    assert done.stderr == "scrapy source: standard output cannot be written: No space left on device\n"
    assert done.returncode == 73


def test_a_command_says_that_standard_input_is_closed():
    line = f'"{sys.executable}" -m scrapy extract --url http://paper.example/1.html - <&-'
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == "scrapy extract: standard input is closed\n"
    assert done.returncode == 2


@pytest.mark.parametrize("words", [("status",), ("crawl", "feeds")])
@pytest.mark.parametrize("odd", ["loop", "~nobody-of-this-name"])
def test_a_data_dir_that_is_no_path_is_an_error_in_one_line(tmp_path, words, odd):
    os.symlink("loop", tmp_path / "loop")
    done = run_scrapy(*words, "-s", f"DATA_DIR={odd if odd[0] == '~' else tmp_path / odd}")
    assert done.stderr.startswith(f"scrapy {words[0]}: DATA_DIR=")
    assert done.stderr.count("\n") == 1
    assert done.returncode == 2
