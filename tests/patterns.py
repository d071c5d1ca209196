"""``python -m tests.patterns [--recheck]``: regular expressions whose time grows faster than their input, measured.

Every pattern that the packages compile is given texts made for it: each of its repetitions is pumped, with each kind of character
that it takes, behind what may stand before it, and followed by what nothing matches. It is used as the code uses it (`match` at
one place, `search` at all), on `LENGTH` characters and on half of that. With ``--recheck`` the texts of recheck (npm, MIT; installed
into .venv-patterns) are tried, too.

`BOUNDS` names the patterns that are superlinear and harmless, with the longest text that reaches them; they are measured at that
length.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import json
import pkgutil
import re
import signal
import string
import subprocess
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from re import _compiler, _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any, NamedTuple

from archive.late_pattern import LatePattern

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv-patterns"
PACKAGES = ("archive", "pipelines", "crawler")
LENGTH = 16_000  # characters
SCREEN = 0.25  # of LENGTH: what is quick there is not measured further
QUICK, NOTICED = 0.001, 0.015  # CPU seconds at SCREEN, at LENGTH
GROWTH = 2.8  # times the CPU time for twice the text: 2 is linear, 4 is quadratic
LONGEST = 0.5  # CPU seconds that a pattern is watched for
ENDED = 0.7 * LONGEST  # seconds: the timer is not exact
BOUNDED = 0.1  # CPU seconds that a pattern of `BOUNDS` may take for its longest text
SCANNING = {"search", "sub", "subn", "finditer", "findall", "split"}
AT_ONE_PLACE = {"match", "fullmatch"}
FOREIGN = "\x00"
"""What no pattern of ours takes."""
ALPHABET = (
    string.ascii_letters
    + string.digits
    + " \t\n<>=\"'/.,:;-_|&?#()[]{}"
    + "一年月日的（【　：、。éа가\u0621あ"
)
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


class Bound(NamedTuple):
    """The longest texts that reach a pattern, in characters."""

    matched: int
    """By `match` and `fullmatch`."""
    scanned: int
    """By `search` and the like."""
    why: str
    collapsed: bool = False
    """Whether no two blanks stand side by side in them."""


BOUNDS = {
    "pipelines.boilerplate_matches:": Bound(1_200, 400, "LONGEST_PARAGRAPH, LONGEST_TAIL"),
    "pipelines.date_forms": Bound(200, 200, "normalise_dates.LONGEST", True),
    "pipelines.printed_times:": Bound(400, 400, "printed_times.LONGEST"),
    "pipelines.related_links.RELATED_HEADING": Bound(60, 60, "LONGEST_HEADING"),
    "pipelines.security_codes.LABEL_BEGINS": Bound(16, 16, "what stands before a code"),
    "crawler.extraction.persons.BYLINE": Bound(140, 140, "LONGEST_BYLINE"),
    "crawler.extraction.access.PAYWALL": Bound(160, 160, "LONGEST_NOTICE"),
    "crawler.extraction.byline_lines.OPENING": Bound(80, 80, "find_unlabelled: the beginning of a line"),
    "crawler.extraction.byline_lines.REPORTED": Bound(60, 60, "find_in_near_line"),
    "crawler.extraction.korean_bylines.KOREAN_TAIL": Bound(200, 200, "the end of a line"),
    "crawler.extraction.byline_lines.SIGNED": Bound(80, 80, "find_unlabelled: the end of a line"),
    "crawler.saved.html.SINGLE_FILE": Bound(20_000, 20_000, "saved.html.HEAD"),
    "link ": Bound(8_000, 8_000, "registry.LONGEST_LINK"),
    "crawler.links.": Bound(8_000, 8_000, "registry.LONGEST_LINK"),
}
"""By how the place begins, ``module.NAME`` or ``module:first characters``."""


UNBOUNDED = Bound(LENGTH, LENGTH, "")


class Pattern(NamedTuple):
    """A pattern and how it is used."""

    place: str
    pattern: str
    flags: int
    uses: frozenset[str]
    """Of `SCANNING` and `AT_ONE_PLACE`."""

    @property
    def bound(self) -> Bound:
        return next((bound for place, bound in BOUNDS.items() if self.place.startswith(place)), UNBOUNDED)

    @property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)


class Attack(NamedTuple):
    """A text of any length: *before*, *pump* again and again, *after*."""

    before: str
    pump: str
    after: str

    def text(self, length: int) -> str:
        count = max(1, (length - len(self.before) - len(self.after)) // len(self.pump))
        return self.before + self.pump * count + self.after


# -- which patterns there are, and how each is used ------------------------------------------------------------------


def modules() -> list[ModuleType]:
    found = []
    for package in PACKAGES:
        for info in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not info.name.endswith("__main__"):
                found.append(importlib.import_module(info.name))
    return found


def is_ours(module: str) -> bool:
    """Whether a module is imported anew to see what it compiles."""
    return module.split(".")[0] in PACKAGES and module != "archive.late_pattern"


def collect() -> list[Pattern]:
    """Each pattern of ours that is compiled on import or written at a call of `re`."""
    made: dict[tuple[str, int], str] = {}
    compile_now, begin_late = re.compile, LatePattern.__init__

    def note(pattern: Any, flags: int, depth: int) -> None:
        frame = sys._getframe(depth)
        path = Path(frame.f_code.co_filename)
        if (
            isinstance(pattern, str)
            and path.is_relative_to(ROOT)
            and path.relative_to(ROOT).parts[0] in PACKAGES
        ):
            made.setdefault((pattern, int(flags)), ".".join(path.relative_to(ROOT).with_suffix("").parts))

    def compiling(pattern: Any, flags: int = 0) -> Any:
        note(pattern, flags, 2)
        return compile_now(pattern, flags)

    def compiling_late(self: LatePattern, pattern: str, flags: int) -> None:
        note(pattern, flags, 3)
        begin_late(self, pattern, flags)

    before = {name: module for name, module in sys.modules.items() if is_ours(name)}
    for name in before:
        del sys.modules[name]
    re.compile, LatePattern.__init__ = compiling, compiling_late  # type: ignore[assignment, method-assign]
    try:
        loaded = modules()
    finally:
        re.compile, LatePattern.__init__ = compile_now, begin_late  # type: ignore[method-assign]
        of_links = {
            pattern.pattern
            for module in loaded
            for page in vars(module).values()
            for pattern in getattr(page, "id_at", ()) or ()
            if isinstance(pattern, re.Pattern | LatePattern)
        }
        text_rules = sys.modules["pipelines.boilerplate_matches"].TEXT_RULES
        for name in [name for name in sys.modules if is_ours(name)]:
            del sys.modules[name]
        sys.modules.update(before)
    uses: dict[tuple[str, int], set[str]] = {}
    names: dict[tuple[str, int], str] = {}
    for module in loaded:
        assert module.__file__
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        used = dict(used_methods(tree))
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern | LatePattern) and isinstance(value.pattern, str):
                key = (value.pattern, int(value.flags) & ~re.UNICODE)
                names.setdefault(key, name)
                uses.setdefault(key, set()).update(used.get(name, ()))
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method), args=[ast.Constant(value=str() as pattern), *_]) if method != "compile":  # fmt: skip
                    key = (pattern, 0)
                    made.setdefault(key, module.__name__)
                    uses.setdefault(key, set()).add(method)
    for rule, compiled in text_rules:
        uses[compiled.pattern, int(compiled.flags) & ~re.UNICODE] = {
            "fullmatch" if rule.kind == "paragraph" else "finditer"
        }
    found = []
    for (pattern, flags), where in made.items():
        key = (pattern, int(flags) & ~re.UNICODE)
        kinds = uses.get((pattern, int(re.compile(pattern, flags).flags) & ~re.UNICODE), set()) | uses.get(
            key, set()
        )
        compiled_key = (pattern, int(re.compile(pattern, flags).flags) & ~re.UNICODE)
        name = names.get(compiled_key) or names.get(key)
        place = f"{where}.{name}" if name else f"{'link ' * (pattern in of_links)}{where}:{pattern[:40]}"
        known = kinds & (SCANNING | AT_ONE_PLACE) if kinds <= SCANNING | AT_ONE_PLACE else set()
        found.append(Pattern(place, pattern, int(flags), frozenset(known or SCANNING | AT_ONE_PLACE)))
    return found


def used_methods(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Names and which methods are called of each; a name that is used in another way is used as ``?``."""
    found: dict[str, set[str]] = {}
    bound = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="take"), args=[ast.Name(id=name) as inner]
            ):  # of pages.js_object
                bound.add(id(inner))
                found.setdefault(name, set()).add("match")
            case ast.Attribute(value=ast.Name(id=name) as inner, attr=method):
                bound.add(id(inner))
                found.setdefault(name, set()).add(method if method not in ("pattern", "flags") else "match")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in bound:
            found.setdefault(node.id, set()).add("?")
    yield from found.items()


# -- texts made for a pattern ----------------------------------------------------------------------------------------


def attacks_of(pattern: str, flags: int) -> Iterator[Attack]:
    """Texts that may take the pattern long."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = _parser.parse(pattern, flags)
    alphabet = "".join(dict.fromkeys([*letters_of(tree), *ALPHABET]))
    seen = set()
    for before, body, behind in repeats_of(tree, "", alphabet):
        for pump in pumps_of(body, tree.state, alphabet):
            for attack in (
                Attack(before, pump, FOREIGN),
                Attack(before, pump, behind + FOREIGN),
                Attack(FOREIGN, pump, ""),
                Attack("", before + pump, FOREIGN),
                Attack(before, pump + before, FOREIGN),
                Attack("", pump + behind, FOREIGN),
            ):
                if attack not in seen:
                    seen.add(attack)
                    yield attack


def letters_of(tree: Any) -> Iterator[str]:
    """Characters that a parsed pattern names."""
    for code, value in tree:
        if code is _parser.LITERAL:
            yield chr(value)
        elif code is _parser.IN:
            for kind, part in value:
                if kind is _parser.LITERAL:
                    yield chr(part)
                elif kind is _parser.RANGE:
                    yield chr(part[0])
        else:
            for inner in inner_of(value):
                yield from letters_of(inner)


def inner_of(value: Any) -> Iterator[Any]:
    """Parsed patterns inside of an item."""
    if isinstance(value, _parser.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from inner_of(part)


REPEATS = {_parser.MAX_REPEAT, _parser.MIN_REPEAT, *([_parser.POSSESSIVE_REPEAT] if hasattr(_parser, "POSSESSIVE_REPEAT") else [])}  # fmt: skip
LONG = 40
"""Repetitions from which on one counts as without an end."""


def repeats_of(tree: Any, before: str, alphabet: str) -> Iterator[tuple[str, Any, str]]:
    """Each long repetition: a text that may stand before it, what is repeated, and a text that may stand behind it."""
    items = list(tree)
    for index, (code, value) in enumerate(items):
        behind = "".join(sample(item, tree.state, alphabet) for item in items[index + 1 :])
        if code in REPEATS:
            _, most, body = value
            if most >= LONG:
                yield before, body, behind
            yield from repeats_of(body, before, alphabet)
        else:
            for inner in inner_of(value):
                yield from repeats_of(inner, before, alphabet)
        before += sample((code, value), tree.state, alphabet)


def pumps_of(body: Any, state: Any, alphabet: str) -> Iterable[str]:
    """What a repetition may take again and again: characters of each kind, and samples of its alternatives."""
    compiled = compile_tree(body)
    single = [char for char in alphabet if compiled.fullmatch(char)] if compiled else []
    found = dict.fromkeys(single[:12])
    spaces = [char for char in " \t-0a_" if char in single]
    found |= dict.fromkeys(spaces)
    if whole := "".join(sample(item, state, alphabet) for item in body):
        found[whole] = None
    for code, value in body:
        if code is _parser.BRANCH:
            for branch in value[1]:
                if text := "".join(sample(item, state, alphabet) for item in branch):
                    found[text] = None
    return found


def compile_tree(tree: Any) -> re.Pattern[str] | None:
    with contextlib.suppress(Exception):
        return _compiler.compile(tree)  # type: ignore[no-any-return]
    return None


def sample(item: Any, state: Any, alphabet: str) -> str:
    """A short text that an item of a parsed pattern takes; empty for one that takes no character."""
    code, value = item
    if code is _parser.LITERAL:
        return chr(value)
    if code in (_parser.IN, _parser.NOT_LITERAL, _parser.ANY, _parser.CATEGORY):
        compiled = compile_tree(_parser.SubPattern(state, [item]))
        return next((char for char in alphabet if compiled and compiled.fullmatch(char)), "")
    if code in REPEATS:
        least, _, body = value
        return "".join(sample(part, state, alphabet) for part in body) * min(least, 40)
    if code is _parser.BRANCH:
        return "".join(sample(part, state, alphabet) for part in value[1][0])
    if code is _parser.SUBPATTERN:
        return "".join(sample(part, state, alphabet) for part in value[-1])
    if code is getattr(_parser, "ATOMIC_GROUP", None):
        return "".join(sample(part, state, alphabet) for part in value)
    return ""


# -- how long it takes ------------------------------------------------------------------------------------------------


class TooLong(BaseException):
    """A pattern that was watched for long enough."""


def seconds(pattern: Pattern, attack: Attack | Found, share: float = 1.0) -> float:
    """CPU seconds that the pattern takes, used as the code uses it, for *share* of its longest text; `LONGEST` at most."""
    compiled, bound = pattern.compiled, pattern.bound
    matched, scanned = (attack.text(int(share * length)) for length in bound[:2])
    if bound.collapsed:
        matched, scanned = " ".join(matched.split()), " ".join(scanned.split())
    begun = time.thread_time()
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        if pattern.uses & SCANNING:
            for _ in compiled.finditer(scanned):
                pass
        if "match" in pattern.uses:
            compiled.match(matched)
        if "fullmatch" in pattern.uses:
            compiled.fullmatch(matched)
    except TooLong:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.thread_time() - begun


def is_slow(pattern: Pattern, attack: Attack | Found) -> bool:
    """Whether the pattern takes more than about twice as long for twice the attack; of a bounded one, whether it takes
    more than `BOUNDED`."""
    if pattern.bound is not UNBOUNDED:
        return seconds(pattern, attack) > BOUNDED
    if (first := seconds(pattern, attack, SCREEN)) < QUICK:
        return False
    if first >= ENDED:
        return True
    half = seconds(pattern, attack, 0.5)
    if half >= ENDED:
        return True
    whole = min(seconds(pattern, attack) for _ in range(2))
    if whole < NOTICED or (whole < ENDED and whole <= GROWTH * half):
        return False
    twice = min(
        seconds(pattern, attack, 2.0) for _ in range(2)
    )  # again: other processes disturb a measurement
    return twice >= ENDED or twice > GROWTH * whole


def find_slow(
    patterns: Iterable[Pattern], more: Mapping[Pattern, list[Attack]]
) -> Iterator[tuple[Pattern, Attack]]:
    """Patterns that are superlinear, or too slow for their bound, each with a text that shows it; *more* attacks are tried, too."""

    def stop(number: int, frame: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    try:
        for pattern in patterns:
            for attack in (*more.get(pattern, ()), *attacks_of(pattern.pattern, pattern.flags)):
                if is_slow(pattern, attack):
                    yield pattern, attack
                    break
    finally:
        signal.signal(signal.SIGPROF, before)


# -- recheck -----------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """A text that recheck found, as JavaScript writes it: literals, ``.repeat(…)`` and sums."""

    expression: str

    def text(self, length: int) -> str:
        """The text at about *length* characters; the repeated parts alone grow."""
        counts = [int(count) for count in REPEATED.findall(self.expression)]

        def scaled(scale: float) -> str:
            numbers = iter(counts)
            expression = REPEATED.sub(lambda _: f" * {max(1, int(next(numbers) * scale))}", self.expression)
            return str(value_of(ast.parse(expression, mode="eval").body))

        return scaled(length / max(1, len(scaled(1.0))))


def value_of(node: ast.expr) -> Any:
    """The text of ``'a' + 'b' * 3``: literals, sums and products alone."""
    match node:
        case ast.Constant():
            return node.value
        case ast.BinOp(left, ast.Add(), right):
            return value_of(left) + value_of(right)
        case ast.BinOp(left, ast.Mult(), right):
            return value_of(left) * value_of(right)
    raise ValueError(ast.unparse(node))


def as_javascript(pattern: str) -> str:
    """A pattern of Python's as JavaScript writes it; what it has no word for makes recheck skip the pattern."""
    for ours, theirs in ((r"\(\?P<(\w+)>", r"(?<\1>"), (r"\(\?P=(\w+)\)", r"\\k<\1>"), (r"\\Z", "$"), (r"\\A", "^"), (r"\(\?i\)", ""), (r"\(\?i:", "(?:"), (r"([*+?}])\+", r"\1")):  # fmt: skip
        pattern = re.sub(ours, theirs, pattern)
    return pattern


def ask_recheck(patterns: list[Pattern]) -> dict[Pattern, list[Found]]:
    """Texts that recheck found for patterns, as JavaScript's engine would run them."""
    if not (TOOLS / "node_modules/recheck").is_dir():
        subprocess.run(["npm", "install", "--silent", "--prefix", TOOLS, "recheck"], check=True)
    letters = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s"}
    asked = "".join(
        json.dumps({"index": index, "source": as_javascript(pattern.pattern), "flags": "".join(letter for flag, letter in letters.items() if pattern.flags & flag)}) + "\n"
        for index, pattern in enumerate(patterns)
    )  # fmt: skip
    scan = subprocess.run(
        ["node", "-e", SCAN], cwd=TOOLS, input=asked, capture_output=True, text=True, check=True
    )
    found: dict[Pattern, list[Found]] = {}
    for line in scan.stdout.splitlines():
        answer = json.loads(line)
        found.setdefault(patterns[answer["index"]], []).append(Found(answer["attack"]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.patterns")
    parser.add_argument(
        "--recheck", action="store_true", help="try what recheck finds, too (needs npm and the network)"
    )
    patterns = collect()
    more = ask_recheck(patterns) if parser.parse_args().recheck else {}
    slow = list(find_slow(patterns, more))
    for pattern, attack in slow:
        print(
            f"{seconds(pattern, attack):5.2f} s  {pattern.place}  {pattern.pattern[:100]!r}  {tuple(attack)}"
        )
    named = f" (recheck names {len(more)})" if more else ""
    print(f"{len(patterns)} patterns{named}, {len(slow)} of them superlinear for some text")


if __name__ == "__main__":
    main()
