"""The article's headline: what a heading and the page's title agree on."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import Any

from crawler.extraction.document import Document, names_of, squeeze, text_of
from crawler.extraction.titles import (
    PARTS,
    SHORT_TITLE,
    SITE_WORDS,
    all_titles,
    fold_title,
    fold_words,
    is_cut_at_quote,
    is_short_form,
    metadata_titles,
    names_site,
    share_words,
    titles_agree,
    without_host,
    without_site,
)

HEADING_NAME = re.compile(r"(?<![^\s_-])(?:headline|subject|tit|bt|biaoti|h1)(?![^\s_-])|title")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "div", "p", "span", "strong", "td", "b", "a")
NO_HEADLINE = re.compile(
    r"[（(【]?原标题[:：]|^[（(【]?原标题|^首页|>|»|扫码|二维码|^(?:发布|发表)?(?:时间|日期)|来源[:：]|责任编辑|[，,：:]$|登录|APP"
)
LABEL = re.compile(r"^(?:标题|題目|题目|主题)\s*[:：]\s*")
LONGEST_TITLE, LONGEST_HEADING = 150, 300  # characters
LONGEST_BADGE = 12
WORD = re.compile(r"\w{2,}")
PERMALINK = re.compile(r"\s{0,9}[¶🔗§]$")
SITE_ENDS = re.compile(r"官方网站|官网|官網|官方网|网站|網站|门户网站?|网|網|首页")
"""What stands behind an organisation's name in the title of its site."""
PAGE_OF = re.compile(
    r"\s{0,9}[（(\[【]\s{0,9}\d{1,2}\s{0,9}[/／]\s{0,9}\d{1,2}\s{0,9}(?:ページ|页|頁|page)\s{0,9}[）)\]】]$|\s{0,9}[（(]\s{0,9}第?\d{1,2}\s{0,9}(?:ページ|页|頁)目?\s{0,9}[）)]$",
    re.IGNORECASE,
)
"""Which page of an article it is, behind the headline."""
ALIKE = 0.5  # share of a heading's words that are in a title
LARGE = re.compile(r"font-size\s*:\s*(?:1[89]|[2-4]\d)(?:\.\d+)?\s*(?:px|pt)", re.IGNORECASE)


BARS_BEFORE_SITE = " -–—|｜_"


def find_headline(document: Document, before: list[Any]) -> tuple[str | None, Any]:
    """The headline as one line, and the heading that shows it; None where the page has none.

    *before* are the elements right before the text: a heading there counts where the head's titles name the site only.
    """
    shown = find_shown_title(document)
    if shown is not None and shown[1].tag != "h1" and is_small_part(shown[0], document):
        # A section or a kicker, which the title begins with.
        shown = find_alike(document, before)
    text, element = (
        (shown and with_agreed_title(*shown, document))
        or find_title_part(document, before)
        or find_large_print(document.title, before)
        or find_unconfirmed(document, before)
    )
    return (PAGE_OF.sub("", text) or text if text else None), element


def with_agreed_title(text: str, element: Any, document: Document) -> tuple[str, Any]:
    """A heading's *text*; on pages in alphabetic scripts the title on which the metadata agree, where that is another form
    of it: with the kicker in front, or as schema.org's record and Open Graph both have it. On others a heading that
    ends with the site's name goes without."""
    if document.is_cjk:
        head = text.removesuffix(document.meta.get("og:site_name") or " ").rstrip()
        return (head.rstrip(BARS_BEFORE_SITE) if head.endswith(tuple(BARS_BEFORE_SITE)) else text), element
    if not (stated := document.meta.get("og:title")):
        return text, element
    title = without_host(without_site(stated, document.meta.get("og:site_name")), document.url)
    plain, linked = fold_words(title), unescape(str(document.linked_data.get("headline") or ""))
    if plain == fold_words(linked):
        return (title if share_words(title, text) else text), element
    others = (document.title, document.meta.get("twitter:title", ""))
    is_whole = title.endswith(f": {text}") and any(fold_words(other).startswith(plain) for other in others)
    return (title if is_whole else text), element


def is_small_part(text: str, document: Document) -> bool:
    """Whether *text* is less than half of every title of a page that is not Chinese, Japanese or Korean."""
    return not document.is_cjk and all(2 * len(text) < len(title) for title in all_titles(document))


def find_alike(document: Document, before: list[Any]) -> tuple[str, Any] | None:
    """The heading right before the text with half of the words of a title, or most of whose words are in one; else the
    title that the metadata state, shown by the last heading there."""
    titles = [set(WORD.findall(stated.lower())) for stated in all_titles(document)]
    best: tuple[float, Any] | None = None
    for element in before:
        if element.tag not in ("h1", "h2", "h3"):
            continue
        words = set(WORD.findall(text_of(element).lower()))
        share = max(
            (len(words & title) / max(len(words), 1) for title in titles if len(title) > 2), default=0.0
        )
        if len(words) >= 3 and share >= ALIKE and (best is None or share > best[0]):
            best = (share, element)
    if best is not None:
        return text_of(best[1]), best[1]
    return None


def find_shown_title(document: Document) -> tuple[str, Any] | None:
    """The heading that repeats a title of the page's head: the whole headline rather than a part of it, a real heading
    rather than a link."""
    titles = [stated for stated in (document.title, *metadata_titles(document)) if stated]
    keys = [fold_words(stated) for stated in titles]
    parts = PARTS.split(document.title)
    first = fold_words(parts[0]) if len(parts) > 2 and not SITE_WORDS.search(parts[0]) else ""
    cut_titles = [stated.rstrip(".…") for stated in map(fold_title, titles) if stated.endswith(("...", "…"))]
    best: tuple[int, int, str, Any] | None = None
    for element in document.root.iter(*HEADINGS):
        rank = heading_rank(element)
        text = text_of(element) if rank else ""
        if not 4 <= len(text) <= (LONGEST_HEADING if element.tag == "h1" else LONGEST_TITLE):
            continue
        text = PERMALINK.sub("", LABEL.sub("", text))
        plain = fold_words(text)
        if (badge := badge_of(element)) and not any(plain in stated for stated in keys):
            text = text.removeprefix(badge).strip()
            plain = fold_words(text)
        if len(parts) > 1 and text in parts[-1] and SITE_ENDS.fullmatch(parts[-1].replace(text, "", 1)):
            continue  # a logo
        if len(plain) < 2 or not any(0 <= stated.find(plain) * 3 <= len(stated) for stated in keys):
            folded = fold_title(text)
            if not any(len(stated) >= 8 and folded.startswith(stated) for stated in cut_titles):
                continue
            rank -= 1
        if element.tag == "a" or (element.getparent() is not None and element.getparent().tag == "a"):
            rank -= 2
        if best is not None and first in (plain, best_plain := fold_words(best[2])) and plain != best_plain:
            # A blog's own name, in the middle of the title, is less than a short headline that begins it.
            other = best_plain if plain == first else plain
            if not other.startswith(first) and len(other) <= 2 * len(first):
                if plain == first and rank >= best[1]:
                    best = (len(plain), rank, text, element)
                continue
        if best is None or is_better_title(len(plain), rank, best[0], best[1]):
            best = (len(plain), rank, text, element)
    if best is None:
        return None
    return with_stated_marks(best[2], best[3], document), best[3]


def badge_of(element: Any) -> str:
    """The word or two in an element of its own at the head of a heading: 原创, Live; "" where there is none."""
    first = next(iter(element), None)
    if first is None or squeeze(element.text) or not isinstance(first.tag, str):
        return ""
    badge = text_of(first)
    return badge if len(badge) <= LONGEST_BADGE else ""


def with_stated_marks(text: str, element: Any, document: Document) -> str:
    """*text*, or where *element* holds it in several parts the title of the metadata that has the same words: there a mark
    stands between kicker and headline."""
    if len(element) < 2:
        return text
    stated = (*metadata_titles(document), document.title)
    same = (title for title in stated if fold_words(title) == fold_words(text))
    return next((title for title in same if len(title) > len(text)), text)


def heading_rank(element: Any) -> int:
    """How much an element is a heading by its tag and name: 0 (not at all) to 4."""
    rank = (
        3 if element.tag == "h1" else 2 if element.tag in ("h2", "h3") else int(element.tag in ("h4", "h5"))
    )
    is_named = element.get("class") is not None or element.get("id") is not None
    return rank + (is_named and is_named_heading(names_of(element)))


@lru_cache(maxsize=4096)
def is_named_heading(name: str) -> bool:
    """Whether class and id, as one *name*, are those of a heading."""
    return HEADING_NAME.search(name.lower()) is not None


def is_better_title(size: int, rank: int, best_size: int, best_rank: int) -> bool:
    """Whether a heading that repeats *size* characters of the title beats the best so far."""
    return (size > best_size * 1.2 and rank >= best_rank - 2) or (
        size * 1.2 >= best_size and rank > best_rank
    )


def find_unconfirmed(document: Document, before: list[Any]) -> tuple[str | None, Any]:
    """A heading right before the text where the head's titles name the site only, else a title of the head, else the
    page's only ``<h1>``."""
    near = [
        element
        for element in before
        if is_heading(element)
        and 6 <= len(text_of(element)) <= 100
        and not NO_HEADLINE.search(text_of(element))
    ]
    titles = all_titles(document)
    if (
        near
        and not titles_agree(document)
        and (not titles or len(titles[0]) < SHORT_TITLE or not share_words(titles[0], text_of(near[-1])))
        and (not titles or document.is_cjk or names_site(titles[0], document))
    ):
        title = fold_title(document.title)  # which names the site, as a logo does
        first = [
            element for element in near if element.tag == "h1" and fold_title(text_of(element)) not in title
        ]
        nearest = (first or near)[-1]
        return text_of(nearest), nearest
    lone = [element for element in document.root.iter("h1") if 4 <= len(text_of(element)) <= 100]
    if not titles:
        return (text_of(lone[0]), lone[0]) if len(lone) == 1 else (None, None)
    full = titles[-1]
    titles.sort(key=lambda element: is_cut_at_quote(element, full))
    shown = next((element for element in reversed(near) if share_words(titles[0], text_of(element))), None)
    return titles[0], shown if shown is not None else lone[0] if len(lone) == 1 else None


def find_title_part(document: Document, before: list[Any]) -> tuple[str, Any] | None:
    """The part of a page's title that is shown above the text by itself, in an element of whatever name; or what is
    there and of which the title is a shorter form."""
    split = [part.strip() for part in PARTS.split(document.title) if part and part.strip()]
    parts = {fold_title(part) for part in split if len(part) >= 6}
    short = fold_title(split[0]) if split and len(split[0]) >= 8 else ""
    for element in reversed(before):
        if (
            element.tag in ("td", "div", "p", "font", "b", "strong", "span", "center")
            and element.find(".//a") is None
        ):
            text = text_of(element)
            if not 6 <= len(text) <= 100:
                continue
            plain = fold_title(text)
            if plain in parts and len(split) > 1 and not is_small_part(text, document):
                return text, element
            full = short and short not in plain and len(short) < len(plain) <= 2 * len(short)
            if full and is_short_form(short, plain) and not NO_HEADLINE.search(text):
                return text, element
    return None


def find_large_print(title: str, before: list[Any]) -> tuple[str, Any] | None:
    """The line above the text in large letters, as old pages print headlines, and has words of the page's title."""
    for element in reversed(before):
        size = element.get("size") if element.tag == "font" else None
        style = LARGE.search(element.get("style") or "")
        if not (style or (size and size.lstrip("+").isdigit() and int(size.lstrip("+")) >= 4)):
            continue
        text = text_of(element)
        if 6 <= len(text) <= 60 and element.find(".//a") is None and share_words(title, text):
            return text, element
    return None


def is_heading(element: Any) -> bool:
    """Whether an element is, or is named, a heading; no link to somewhere else."""
    plain = (
        element.tag in ("div", "p", "span", "strong", "td")
        and len(element) <= 2
        and is_named_heading(names_of(element))
    )
    return (element.tag in ("h1", "h2", "h3", "h4", "h5") or plain) and element.find(".//a") is None
