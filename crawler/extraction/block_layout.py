"""A page's text in blocks, each weighed: sentences count for the article, link lists and boilerplate against it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from crawler.extraction.boilerplate import (
    BODY_NAMES,
    BOILERPLATE_TAGS,
    find_forms,
    is_boilerplate,
    is_hidden,
    names_body,
)
from crawler.extraction.document import squeeze
from crawler.extraction.lines import CLOCKED, EDITOR, MARKS, RELATED, count_boilerplate, is_end_line, is_meta
from crawler.extraction.trees import (
    INLINE,
    file_of,
    fold_letters,
    kind_of,
    letters,
    own_text,
    remove_all,
    whole_text,
)
from pipelines.printed_times import STAMP

LEAST_DESCRIPTION = 30  # letters of a description that is of one article
COMPARED = 60  # letters of a line that tell it from others
TEASER = 80  # characters of other articles that a list shows of each, at most


class BlockLayout:
    """Blocks of a page in reading order. ``value`` of an element sums what its blocks are worth as article text."""

    def __init__(self, root: Any):
        self.root = root
        metas = [*root.iter("meta")]
        self.lead_image = next(
            (file_of(tag.get("content")) for tag in metas if tag.get("property") == "og:image"),
            "",
        )
        """Name of the image that the page calls the article's, empty where it calls none."""
        self.descriptions = [
            text
            for tag in metas
            if (tag.get("property") or tag.get("name") or "").lower() in ("og:description", "description")
            and len(text := fold_letters(tag.get("content"))) >= LEAST_DESCRIPTION
        ]
        """What the page says that its article is about, letters and digits alone."""
        self._own: dict[Any, str] = {}
        self._folded: dict[Any, str] = {}
        self.forms = find_forms(root)
        """Forms to write into."""
        self.unclosed = find_unclosed(root)
        """Elements of boilerplate that go on to the page's end, as their end tag is missing."""
        tags = root.iter(*BOILERPLATE_TAGS)
        remove_all([tag for tag in tags if tag not in self.unclosed and not is_head_of_article(tag)], root)
        everything = letters(whole_text(root))
        # A text may be hidden until a script shows it; then it is most of the page.
        hidden: list[Any] = []
        large: list[Any] = []
        for element in filter(is_hidden, root.iter()):
            if element.get("content") is not None and not len(element) and not element.text:
                continue  # a time or a name for software
            (hidden if letters(whole_text(element)) * 5 < everything else large).append(element)
        remove_all([element for element in hidden if element.getparent() is not None], root)
        remove_all(find_copies(root, large), root)
        self.order: dict[Any, int] = {}
        """Place of every element in reading order."""
        self.blocks: list[Any] = []
        """Elements with text of their own, in reading order."""
        self.plain: dict[Any, int] = {}
        """Characters of a block that are no link."""
        self.linked: dict[Any, int] = {}
        """Characters of a block that are links."""
        self.marks: dict[Any, int] = {}
        """Punctuation marks of a block."""
        self.value: dict[Any, float] = {}
        self._worth: dict[Any, float] = {}
        self._in_boilerplate: dict[Any, bool] = {}
        self.named: list[Any] = []
        """Elements whose class or id is one of `BODY_NAMES`, or whose itemprop is schema.org's articleBody."""
        self.end: Any = None
        """The line that ends the article (editor, comments, other articles); None where none does."""
        self.related: set[Any] = set()
        """Elements that a heading such as 相关阅读 begins."""
        self._measure()
        self._find_related()
        self._find_teasers()
        self._find_end()
        self._weigh()

    def _measure(self) -> None:
        order, plain, linked, marks = self.order, self.plain, self.linked, self.marks
        block_of: dict[Any, tuple[Any, bool]] = {None: (self.root, False)}

        def add(text: str, block: Any, is_link: bool) -> None:
            if block not in plain:
                plain[block] = linked[block] = marks[block] = 0
            if is_link:
                linked[block] += letters(text)
            else:
                plain[block] += letters(text)
                marks[block] += len(MARKS.findall(text))

        for n, element in enumerate(self.root.iter()):
            order[element] = n
            parent = element.getparent()
            above, in_link = block_of[parent]
            tag = element.tag
            block_of[element] = here = (above if tag in INLINE else element, in_link or tag == "a")
            if (text := element.text) and not text.isspace() and tag != "title":
                add(text, *here)
            if (tail := element.tail) and not tail.isspace():
                add(tail, above, in_link)
            if (
                ((name := element.get("class")) and names_body(name))
                or ((name := element.get("id")) and name.lower() in BODY_NAMES)
                or element.get("itemprop") == "articleBody"
            ):
                self.named.append(element)
        self.blocks = sorted(plain, key=order.__getitem__)

    def _find_related(self) -> None:
        """A heading of other articles makes the element that it begins a list of them."""
        everything = sum(self.plain.values())
        texts: dict[Any, tuple[int, str]] = {}
        """Letters of an element, and the first of them: many headings may begin the children of one."""
        for block in self.blocks:
            if self.plain[block] + self.linked[block] > 16 or not RELATED.fullmatch(
                self.own_text(block).strip()
            ):
                continue
            holder, begins = block, letters(self.own_text(block))
            while (
                (parent := holder.getparent()) is not None
                and parent is not self.root
                and parent.tag != "body"
            ):
                if parent not in texts:
                    text = "".join(whole_text(parent).split())
                    texts[parent] = len(text), text[:16]
                size, start = texts[parent]
                if size > 0.4 * everything + 60 or not start.startswith(
                    "".join(self.own_text(block).split())[:begins]
                ):
                    break
                holder = parent
            if holder is not block:
                self.related.add(holder)

    def own_text(self, block: Any) -> str:
        """`trees.own_text` of a block. Remembered: the tree stays as it is until the body is cleaned."""
        if (known := self._own.get(block)) is None:
            known = self._own[block] = own_text(block)
        return known

    def folded(self, block: Any) -> str:
        """A block's own text as `fold_letters` gives it."""
        if (known := self._folded.get(block)) is None:
            known = self._folded[block] = fold_letters(self.own_text(block))
        return known

    def worth(self, block: Any) -> float:
        """What a block says for (or against) its being article text."""
        if (known := self._worth.get(block)) is None:
            known = self._worth[block] = self._worth_of(block)
        return known

    def _worth_of(self, block: Any) -> float:
        plain, linked, marks = self.plain[block], self.linked[block], self.marks[block]
        if linked > plain:
            return -0.7 * linked
        if plain < 12 and not marks:
            return -3.0
        text = self.own_text(block) if plain < 400 else ""
        if plain < 120 and is_meta(text, plain, marks):
            return -5.0
        # A sentence has a mark every few dozen characters; a heap of key words has none.
        worth = min(plain, 80 * (marks + 1)) + 10.0 * marks - 2 * linked
        if plain < 400 and count_boilerplate(text) > (
            plain >= 120 or (plain >= 40 and text.rstrip().endswith("。") and marks >= 3)
        ):
            return -min(worth, 60.0)
        return worth

    def _find_teasers(self) -> None:
        """Items of lists of other articles, each a title that is a link (or a time of day) with some text: three at least."""
        groups: dict[tuple[Any, tuple[str, str]], dict[Any, None]] = {}
        for block in self.blocks:
            plain, linked = self.plain[block], self.linked[block]
            if linked >= 6 and linked <= plain and (stamp := STAMP.search(self.own_text(block))):
                plain -= letters(stamp[0])
            if not (linked >= 6 and linked > plain) and not (
                plain <= 16 and CLOCKED.match(self.own_text(block))
            ):
                continue
            item = block
            for _ in range(4):
                parent = item.getparent()
                if parent is None or item.tag in ("body", "html", "td", "tr"):
                    break
                groups.setdefault((parent, kind_of(item)), {})[item] = None
                item = parent
        everything = sum(self.plain.values())
        for (parent, kind), items in groups.items():
            if len(items) < 3 or len(items) < 0.6 * sum(kind_of(sibling) == kind for sibling in parent):
                continue
            shown = sum(self.plain.get(block, 0) for sibling in items for block in sibling.iter())
            if shown < 0.5 * everything or (shown < TEASER * len(items) and everything - shown >= TEASER):
                self.related.update(items)

    def in_boilerplate(self, block: Any) -> bool:
        """Whether a block is boilerplate, or within some."""
        known = self._in_boilerplate
        path: list[Any] = []
        while block is not None and block not in known:
            path.append(block)
            if block in self.related or (
                block.tag not in ("html", "body") and block not in self.unclosed and is_boilerplate(block)
            ):
                break
            block = block.getparent()
        answer = block is not None and known.get(block, True)
        known.update(dict.fromkeys(path, answer))
        return answer

    def _find_end(self) -> None:
        """The first line that ends an article: behind two sentences, and behind enough of the page's text to be its end."""
        worths = [self.worth(block) for block in self.blocks]
        total = sum(worth for worth in worths if worth > 0)
        sentences, seen = 0, 0.0
        for block, worth in zip(self.blocks, worths, strict=True):
            if sentences >= 2 and self.plain[block] + self.linked[block] <= 80 and seen >= 0.15 * total:
                text = squeeze(self.own_text(block))
                if (worth < 0 and EDITOR.match(text)) or (seen >= 0.3 * total and is_end_line(text)):
                    self.end = block
                    return
            sentences += worth >= 30
            seen += max(worth, 0)

    def find_end_after(self, heading: Any) -> bool:
        """Weigh again (and say so), where *heading* tells that a text of a few sentences ends at a line that `_find_end` passed over,
        since what follows is longer: what is in the same element as a sentence before is still text."""
        if heading not in self.order:
            return False
        behind = [
            candidate
            for candidate in self.blocks
            if self.order[candidate] > self.order[heading] and not self.in_boilerplate(candidate)
        ]
        parents: set[Any] = set()
        for n, block in enumerate(behind):
            if block is self.end:
                return False
            if self.worth(block) >= 30:
                parents.add(block.getparent())
            elif (
                parents
                and self.plain[block] + self.linked[block] <= 80
                and is_end_line(squeeze(self.own_text(block)))
            ):
                if not any(later.getparent() in parents and self.worth(later) >= 30 for later in behind[n:]):
                    self.end = block
                    self._weigh(0.0)
                    return True
                return False
        return False

    def _weigh(self, behind: float = 0.05) -> None:
        """*behind*: what a sentence behind the end counts for, of what it would count for in the article."""
        value = dict.fromkeys(self.order, 0.0)
        ended = False
        for block in self.blocks:
            worth = self.worth(block)
            # What follows the end is of other articles, or of readers.
            value[block] = worth * behind if ended and worth > 0 else worth
            ended = ended or block is self.end
        total = sum(positive for positive in value.values() if positive > 0)
        for element in reversed(self.order):
            worth = value[element]
            if 0 < worth < 0.6 * total and (element in self.related or is_boilerplate(element)):
                value[element] = worth = min(worth * 0.05, 20)
            parent = element.getparent()
            if parent is not None:
                value[parent] += worth
        self.value = value


def find_unclosed(root: Any) -> set[Any]:
    """The elements of boilerplate that hold the page's first heading and most of its text."""
    heading = next(root.iter("h1"), root)
    if next(heading.iterancestors(*BOILERPLATE_TAGS), None) is None:
        return set()
    everything = letters(whole_text(root))
    inner, size = heading, letters(whole_text(heading))
    for above in heading.iterancestors():  # each text is counted once: they may be nested by the thousand
        others = [child for child in above if child is not inner]
        size += letters(above.text or "") + letters(inner.tail or "")
        size += sum(letters(whole_text(child)) + letters(child.tail or "") for child in others)
        if 2 * size > everything:
            return {above, *above.iterancestors()}
        inner = above
    return set()


def is_head_of_article(element: Any) -> bool:
    """Whether a ``<footer>`` states writer and time above an article's text, as Drupal's templates have it."""
    behind = element.getnext() if element.tag == "footer" and element.getparent().tag == "article" else None
    return behind is not None and len(whole_text(behind)) > 2 * len(whole_text(element))


def find_copies(root: Any, hidden: list[Any]) -> list[Any]:
    """Those of the *hidden* elements whose sentences are shown as well: a page's microdata may hold its text once more."""
    if not hidden:
        return []
    holders, inside = set(hidden), set()
    for element in root.iter():
        if element in holders or element.getparent() in inside:
            inside.add(element)
    shown = "".join(
        f"{'' if holder in inside else holder.text or ''}{'' if holder.getparent() in inside else holder.tail or ''}"
        for holder in root.iter()
    )
    shown = fold_letters(shown)
    lines: Counter[Any] = Counter()
    repeated: Counter[Any] = Counter()
    for element in reversed([element for element in root.iter() if element in inside]):
        parent = element.getparent()
        for holder, text in ((element, element.text), (parent, element.tail)):
            if holder in inside and len(line := fold_letters(text or "")) >= LEAST_DESCRIPTION:
                lines[holder] += 1
                repeated[holder] += line[:COMPARED] in shown
        lines[parent] += lines[element]
        repeated[parent] += repeated[element]
    copies = {holder for holder in hidden if lines[holder] and repeated[holder] >= lines[holder] / 2}
    return [
        holder
        for holder in hidden
        if holder in copies and not any(above in copies for above in holder.iterancestors())
    ]
