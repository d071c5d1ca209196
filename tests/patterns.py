"""``python -m tests.patterns [--seconds 0.5]``: regular expressions that take time with the square of their input.

Collects every pattern that the packages compile, asks recheck (npm, MIT) for an input that it takes long for, and measures that
input here, at `LENGTH` characters. A pattern is listed where it takes longer than *seconds* however it is used; as a rule it
is used in a way that does not (`match` at a fixed place, a text of bounded length): the list is for reading. recheck is
installed into the folder .venv-patterns.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import pkgutil
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from archive.late_pattern import LatePattern

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv-patterns"
LENGTH = 40_000  # characters
LONGEST = 5.0  # CPU seconds that a pattern is watched for
PACKAGES = ("archive", "pipelines", "crawler")
REPEATED = re.compile(r"\.repeat\((\d+)\)")
SCAN = """
const { checkSync } = require('recheck');
const lines = require('readline').createInterface({ input: process.stdin });
lines.on('line', line => {
  const given = JSON.parse(line);
  let found;
  try { found = checkSync(given.source, given.flags, { timeout: 5000 }); } catch (error) { found = { status: 'error' }; }
  if (found.status === 'vulnerable') console.log(JSON.stringify({ index: given.index, attack: found.attack.pattern }));
});
"""


def collect() -> list[tuple[str, str, int]]:
    """``(where, pattern, flags)`` of each pattern of ours that is compiled on import or written at a call of `re`."""
    found: dict[tuple[str, int], str] = {}
    compiled = re.compile

    def note(pattern: Any, flags: int = 0) -> Any:
        frame = sys._getframe(1)
        path = Path(frame.f_code.co_filename)
        if (
            isinstance(pattern, str)
            and path.is_relative_to(ROOT)
            and path.relative_to(ROOT).parts[0] in PACKAGES
        ):
            found[pattern, int(flags)] = f"{path.relative_to(ROOT)}:{frame.f_lineno}"
        return compiled(pattern, flags)

    begun = LatePattern.__init__

    def note_late(self: LatePattern, pattern: str, flags: int) -> None:
        frame = sys._getframe(2)
        found[pattern, int(flags)] = f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_lineno}"
        begun(self, pattern, flags)

    re.compile, LatePattern.__init__ = note, note_late  # type: ignore[assignment, method-assign]
    for name in [
        name for name in sys.modules if name.split(".")[0] in PACKAGES and name != "archive.late_pattern"
    ]:
        del sys.modules[name]
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not module.name.endswith("__main__") and module.name != "archive.late_pattern":
                importlib.import_module(module.name)
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and ast.unparse(node.func).startswith("re.")
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and isinstance(node.args[0].value, str)
                ):
                    found.setdefault((node.args[0].value, 0), f"{path.relative_to(ROOT)}:{node.lineno}")
    re.compile = compiled
    return [(where, pattern, flags) for (pattern, flags), where in found.items()]


def as_javascript(pattern: str) -> str:
    """A pattern of Python's as JavaScript writes it; what it has no word for makes recheck skip the pattern."""
    for ours, theirs in ((r"\(\?P<(\w+)>", r"(?<\1>"), (r"\(\?P=(\w+)\)", r"\\k<\1>"), (r"\\Z", "$"), (r"\\A", "^"), (r"\(\?i\)", ""), (r"\(\?i:", "(?:")):  # fmt: skip
        pattern = re.sub(ours, theirs, pattern)
    return pattern


class TooLong(BaseException):
    """A pattern that was watched for long enough."""


def measure(pattern: re.Pattern[str], attack: str) -> float:
    """CPU seconds that the pattern takes for the input that the JavaScript expression *attack* stands for."""
    counts = [int(count) for count in REPEATED.findall(attack)]

    def make(scale: float) -> str:
        scaled = iter(counts)
        expression = REPEATED.sub(lambda _: f" * {max(1, int(next(scaled) * scale))}", attack)
        return (
            str(ast.literal_eval(expression))
            if "*" not in expression and "+" not in expression
            else joined(expression)
        )

    text = make(LENGTH / max(1, len(make(1.0))))
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        for _ in pattern.finditer(text):
            pass
    except TooLong:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - begun


def joined(expression: str) -> str:
    """The text of ``'a' + 'b' * 3``: literals, sums and products alone."""

    def value(node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.BinOp(left, ast.Add(), right):
                return value(left) + value(right)
            case ast.BinOp(left, ast.Mult(), right):
                return value(left) * value(right)
        raise ValueError(ast.unparse(node))

    return str(value(ast.parse(expression, mode="eval").body))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.patterns")
    parser.add_argument(
        "--seconds", type=float, default=0.5, help="CPU time from which on a pattern is listed"
    )
    limit = parser.parse_args().seconds
    if not (TOOLS / "node_modules/recheck").is_dir():
        subprocess.run(["npm", "install", "--silent", "--prefix", TOOLS, "recheck"], check=True)
    patterns = collect()
    letters = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}
    asked = "".join(
        json.dumps({"index": index, "source": as_javascript(pattern), "flags": "".join(letter for flag, letter in letters.items() if flags & flag)}) + "\n"
        for index, (_, pattern, flags) in enumerate(patterns)
    )  # fmt: skip
    scan = subprocess.run(
        ["node", "-e", SCAN], cwd=TOOLS, input=asked, capture_output=True, text=True, check=True
    )

    def stop(number: int, frame: Any) -> None:
        raise TooLong

    signal.signal(signal.SIGPROF, stop)
    listed = 0
    for line in scan.stdout.splitlines():
        answer = json.loads(line)
        where, pattern, flags = patterns[answer["index"]]
        seconds = measure(re.compile(pattern, flags), answer["attack"])
        if seconds >= limit:
            listed += 1
            print(f"{seconds:5.1f} s  {where}  {pattern[:100]!r}  {answer['attack'][:80]}")
    print(
        f"{len(patterns)} patterns, {listed} of them take {limit:g} s or more for some text of {LENGTH:,} characters"
    )


if __name__ == "__main__":
    main()
