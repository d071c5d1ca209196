"""Two texts compared for reading: sentence by sentence, and within a changed sentence word by word (in Chinese character by character).

White space is no change, and neither is where a paragraph begins, as in the archive's revisions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from archive.edits.changes import sentences, without_space

Kind = Literal["same", "removed", "added"]
Run = tuple[Kind, str]

TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?[%％]?|[A-Za-z]+|\s+|.", re.DOTALL)
ALIKE = 0.4  # share of character pairs in common from which on two sentences are one that was changed
COMPARED = 2500  # pairs of sentences that are compared at most in one place; more were rewritten as a whole
MOST_PAIRS = 300_000  # places of one text that hold the same as places of the other
LONGEST = 4000  # tokens of a sentence that are compared one by one


@dataclass(slots=True)
class Line:
    """A paragraph, or what is left of one."""

    runs: list[Run] = field(default_factory=list)
    """Its text in reading order, each run with what became of it."""
    ended: bool = False

    @property
    def kind(self) -> Literal["same", "removed", "added", "changed"]:
        """What became of the whole of it."""
        kinds = {kind for kind, _ in self.runs}
        return kinds.pop() if len(kinds) == 1 else "changed"


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    key: str
    starts: bool
    """Whether it begins its paragraph."""
    ends: bool


def _sentences(text: str) -> list[Sentence]:
    return [
        Sentence(sentence, without_space(sentence), index == 0, index == len(paragraph) - 1)
        for paragraph in sentences(text)
        for index, sentence in enumerate(paragraph)
    ]


def match(before: Sequence[str], after: Sequence[str]) -> SequenceMatcher[str]:
    """A matcher of two sequences. Where one and the same stands in both very often, it is not what they are matched by: the
    matcher looks at every pair of places again for each run that it finds."""
    counts = Counter(before)
    pairs = sum(counts[item] * count for item, count in Counter(after).items())
    return SequenceMatcher(None, before, after, autojunk=pairs > MOST_PAIRS)


def words(old: str, new: str) -> list[Run]:
    """A sentence and what it became.

    >>> words("入组180名受试者。", "入组240名受试者，此前有误。")
    [('same', '入组'), ('removed', '180'), ('added', '240'), ('same', '名受试者'), ('added', '，此前有误'), ('same', '。')]
    >>> words("约3.1亿", "约 3.1 亿")
    [('same', '约 3.1 亿')]
    """
    before = [token for token in TOKEN.findall(old) if not token.isspace()]
    after = _with_their_space(new)
    if max(len(before), len(after)) > LONGEST:
        return [("removed", old), ("added", new)]
    stripped = [token.strip() for token in after]
    parts: list[tuple[bool, list[str], list[str]]] = []
    for kind, i, j, k, m in match(before, stripped).get_opcodes():
        same = kind == "equal"
        # One character in common between two changes means nothing, and hides what was changed.
        if same and parts and j < len(before) and j - i == 1 and m < len(after) and len(before[i]) == 1:
            same = False
        if parts and not same and not parts[-1][0]:
            parts[-1][1].extend(before[i:j])
            parts[-1][2].extend(after[k:m])
        else:
            parts.append((same, before[i:j], after[k:m]))
    runs: list[Run] = []
    for same, removed, added in parts:
        if same:
            runs.append(("same", "".join(added)))
        else:
            spaced = _spaced(removed)
            runs += [(kind, text) for kind, text in (("removed", spaced), ("added", "".join(added))) if text]  # type: ignore[misc]
    return runs


def _with_their_space(text: str) -> list[str]:
    """Tokens, each with the white space behind it: that of the new text is shown, and never compared."""
    tokens: list[str] = []
    for token in TOKEN.findall(text):
        if token.isspace() and tokens:
            tokens[-1] += token
        elif not token.isspace():
            tokens.append(token)
    return tokens


def _spaced(tokens: Sequence[str]) -> str:
    """Tokens without their space as a text: Latin words stay apart.

    >>> _spaced(["Rates", "held", "降", "准"])
    'Rates held降准'
    """
    text = ""
    for token in tokens:
        text += " " * (text[-1:].isalnum() and _parted(text, token)) + token
    return text


def _parted(text: str, following: str) -> bool:
    """Whether white space belongs between two Latin words or sentences."""
    return text[-1:].isascii() and not text[-1:].isspace() and following[0].isascii() and following[0].isalnum() and bool(text)  # fmt: skip


def compare(old: str, new: str) -> list[Line]:
    """*new* with what was taken out of *old* standing where it stood; paragraphs as in *new*.

    >>> [(line.kind, line.runs) for line in compare("甲。乙。\\n丙。", "甲。\\n丁丁。")]
    [('changed', [('same', '甲。'), ('removed', '乙。')]), ('removed', [('removed', '丙。')]), ('added', [('added', '丁丁。')])]
    """
    lines: list[Line] = []
    only_removed = False  # is what the last line holds; `Line.kind` would look at all of it for each sentence
    for kind, runs, sentence in _steps(_sentences(old), _sentences(new)):
        last = lines[-1] if lines else None
        if last is None or (sentence.starts and not (kind != "removed" and only_removed and not last.ended)):
            last, only_removed = Line(), True
            lines.append(last)
        if last.runs and _parted(last.runs[-1][1], runs[0][1]):
            runs = [(runs[0][0], f" {runs[0][1]}"), *runs[1:]]
        last.runs += runs
        only_removed = only_removed and all(kind == "removed" for kind, _ in runs)
        last.ended = sentence.ends
    return lines


def _steps(before: list[Sentence], after: list[Sentence]) -> Iterator[tuple[Kind, list[Run], Sentence]]:
    """What became of each sentence, in the order of the new text."""
    matcher = match([sentence.key for sentence in before], [sentence.key for sentence in after])
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            for sentence in after[k:m]:
                yield "same", [("same", sentence.text)], sentence
            continue
        for old, new in _pairs(before[i:j], after[k:m]):
            if old and new:
                yield "added", words(old.text, new.text), new
            elif old:
                yield "removed", [("removed", old.text)], old
            elif new:
                yield "added", [("added", new.text)], new


def _pairs(before: list[Sentence], after: list[Sentence]) -> list[tuple[Sentence | None, Sentence | None]]:
    """Which sentence became which, in order; None beside one that went or came."""
    if len(before) * len(after) > COMPARED:
        if len(before) == len(after):  # a long table whose every row has another figure
            return [
                pair
                for old, new in zip(before, after, strict=True)
                for pair in (
                    [(old, new)]
                    if _share(_character_pairs(old.key), _character_pairs(new.key)) >= ALIKE
                    else [(old, None), (None, new)]
                )
            ]
        return [(sentence, None) for sentence in before] + [(None, sentence) for sentence in after]
    pairs_before, pairs_after = (
        [_character_pairs(sentence.key) for sentence in before],
        [_character_pairs(sentence.key) for sentence in after],
    )
    alike = [[_share(old, new) for new in pairs_after] for old in pairs_before]
    # The pairing that has most in common, from the end: best[i][j] is that of before[i:] and after[j:].
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in range(len(before) - 1, -1, -1):
        for j in range(len(after) - 1, -1, -1):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairing: list[tuple[Sentence | None, Sentence | None]] = []
    i = j = 0
    while i < len(before) and j < len(after):
        if alike[i][j] >= ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            pairing.append((before[i], after[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairing.append((before[i], None))
            i += 1
        else:
            pairing.append((None, after[j]))
            j += 1
    return (
        pairing + [(sentence, None) for sentence in before[i:]] + [(None, sentence) for sentence in after[j:]]
    )


def _character_pairs(text: str) -> Counter[str]:
    return Counter(text[n : n + 2] for n in range(max(len(text) - 1, 1)))


def _share(first: Counter[str], second: Counter[str]) -> float:
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0
