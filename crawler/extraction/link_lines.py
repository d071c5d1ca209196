"""Takes out of a body the lines that lead to other articles: links alone, cards, "read also"."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.block_layout import BlockLayout
from crawler.extraction.body import Body
from crawler.extraction.document import CJK, absolute, squeeze, text_of
from crawler.extraction.images import IMAGE_URL
from crawler.extraction.line_words import patterns
from crawler.extraction.trees import is_within, own_text, whole_text

LONE_LINK = 40  # characters of a link that is a list's item of its own, at most ...
LONE_LINE = 160  # ... and of one that is a line of its own in a text of an alphabetic script
HEADING = 16  # characters of the line above links that is their heading, at most
MOSTLY_LINKS = 0.4  # share of a text that such lines can have; from there on, they are the text
TAG = re.compile(
    r"\s{0,9}[\[(](?:VIDEO|INSIGHT|NEWS|PICTURES|PICS|WATCH|REPORT|ANALYSIS|MORE|WARNING|REACTION|REVEALED|LATEST|COMMENT|POLL)[\])]\W*$",
    re.IGNORECASE,
)
ADDRESS_LINE = re.compile(r"https?://[^\s]+")
FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|csv|mp[34])(?:[?#]|$)", re.IGNORECASE)
PROMOTED = re.compile(
    rf"(?i:\W*(?:{patterns('related')}|also on [\w.]+|관련\s?기사|関連記事|あわせて読みたい)(?!\w)\W*)|"
    r"(?:此前|早前|相关|另[见据])(?:报道|報道|報導|消息|新闻)\s*[:：]?|"
    r".{0,6}(?:推介|推荐|推薦|相关|相關|延伸|更多|往下看|下一篇|上一篇|同场加映|同場加映|点击|點擊)(?:阅读|閱讀|新闻|新聞|报道|報道|報導|文章|内容)?\s*[:：︰►>]?"
)
"""What a line says in front of its link to another article."""
LONGEST_LABEL = 24  # characters
LABELLED = re.compile(r"\W*[^\W\d_][^:：]*[:：]\W*")
"""A label of whatever words in front of a link."""
LABELLED_LINES = frozenset(("p", "div", "blockquote", "h2", "h3", "h4", "h5", "h6"))
TITLE_WORDS = 5  # of a title, at least
LONGEST_INTRODUCTION = 60  # characters of the line above a list of titles
INTRODUCING = frozenset(("h2", "h3", "h4", "h5", "h6"))
CARD_BOXES = ("div", "section", "aside", "figure", "blockquote", "table", "li")
MOST_LINKS = 6  # of a box that leads to one page
LEAST_TITLE = 20  # characters of the title of another article
SHARED_LABELS = frozenset(("ac", "co", "com", "edu", "go", "gov", "net", "ne", "or", "org"))
"""What stands before a country's domain and is no site's own."""
LONGEST_CARD = 400  # characters of a box on another article
BULLETS = "·•▸▶►◆◇■□●○★☆※▍-–—>＞» "
"""Marks in front of a link in a list."""


def cut_lone_links(body: Body, base: str) -> None:
    """Lines that are a link to another page and nothing else ("more on this", a headline), and bare addresses. *base* is the
    page's own address."""
    lines: list[Any] = []
    most = 0 if CJK.search("".join(body.lines[:3])) else MOSTLY_LINKS * sum(map(len, body.lines))
    for line in list(body.element.iter("p", "div", "li", "h3", "h4")):
        links = [*islice(line.iter("a"), 2)]
        if len(links) > 1:  # by far the cheapest question
            continue
        text = text_of(line)
        if not (links or text.startswith("http")):
            continue
        text = TAG.sub("", text)
        if not 4 <= len(text) <= LONE_LINE or line.find(".//img") is not None:
            continue
        if ADDRESS_LINE.fullmatch(text) or (
            len(links) == 1
            and squeeze(text_of(links[0])) == text
            and is_other_page(links[0].get("href") or "")
        ):
            lines.append(line)
    if sum(len(text_of(line)) for line in lines) > most:
        lines = [line for line in lines if len(text_of(line)) <= LONE_LINK]
    related = find_related_lists(lines, base)
    for line in lines:
        if line.tag != "li" or len(text_of(line)) <= LONE_LINK or line.getparent() in related:
            body.take_out("link_line", line)
    for holder in related:
        above = holder.getprevious()
        introduces = above is not None and len(text := text_of(above)) <= LONGEST_INTRODUCTION
        if introduces and (above.tag in INTRODUCING or text.endswith((":", "："))):
            body.take_out("link_line", above)
    for link in list(body.element.iter("a")):
        above = link.getparent()
        if above is body.element and 4 <= len(text_of(link)) <= LONE_LINK and link.find(".//img") is None:
            alone = not (link.tail or "").strip() and not _text_before(link).strip()
            if alone and is_other_page(link.get("href") or ""):
                body.take_out("link_line", link)


def _text_before(link: Any) -> str:
    before = link.getprevious()
    return (before.tail if before is not None else link.getparent().text) or ""


def find_related_lists(lines: list[Any], base: str) -> list[Any]:
    """The lists all of whose items are among *lines*, and titles of other articles of the site."""
    links = {line: line.find(".//a") for line in lines if line.tag == "li"}
    holders = dict.fromkeys(line.getparent() for line in links)
    return [
        holder
        for holder in holders
        if len(holder) >= 2
        and all(
            item in links and (link := links[item]) is not None and is_title_of_site(link, base)
            for item in holder
        )
    ]


def is_title_of_site(link: Any, base: str) -> bool:
    """Whether a link in a text with blanks is a title, of another page of the site."""
    href = link.get("href") or ""
    host, own = (
        urlsplit(address).netloc.removeprefix("www.") for address in (absolute(base, href) or "", base)
    )
    return is_other_page(href) and host == own and len(text_of(link).split()) >= TITLE_WORDS


def is_other_page(href: str) -> bool:
    """Whether an address leads to another page of a site; a file or a note of the same page is part of the text."""
    return href.startswith(("http", "/", ".")) and not IMAGE_URL.search(href) and not FILE.search(href)


def cut_link_lines(body: Body) -> None:
    """Three lines and more, one behind the other, that are a link each and nothing else, with the short line above them."""
    run: list[Any] = []
    for paragraph in [*body.element.iter("p"), None]:
        text = "" if paragraph is None else text_of(paragraph)
        if paragraph is not None and not text:
            continue
        is_line = paragraph is not None and paragraph.find(".//p") is None
        links = "".join(whole_text(link) for link in paragraph.iter("a")) if is_line else ""
        if (
            len(text) >= 6
            and squeeze(links).strip(BULLETS) == text.strip(BULLETS)
            and paragraph.find(".//img") is None
        ):
            run.append(paragraph)
            continue
        if len(run) >= 3:
            above = run[0].getprevious()
            if above is not None and len(text_of(above)) <= HEADING and above.find(".//img") is None:
                run.insert(0, above)
            for line in run:
                if is_within(line, body.element):
                    body.take_out("link_list", line)
        run = []


def cut_cards(body: Body, base: str) -> None:
    """Links that hold both an image and a title: cards of other articles. An image's link to itself has no title, or is to
    a page under the article's own address, *base*."""
    own = urlsplit(base).path.rstrip("/")
    for link in list(body.element.iter("a")):
        image = link.find(".//img")
        titled = any(link.find(f".//{tag}") is not None for tag in ("h2", "h3", "h4", "h5", "p", "div"))
        if image is None or not titled or not 6 <= len(text_of(link)) <= 120:
            continue
        href = link.get("href") or ""
        is_own = IMAGE_URL.search(href) or (own and urlsplit(href).path.startswith(f"{own}/"))
        if not is_own and is_within(link, body.element):
            body.take_out("link_card", link)


def cut_boxes_of_one_link(body: Body, base: str) -> None:
    """Boxes on an article in an alphabetic script that lead to one other page of the site and say little besides its title: an
    image, a heading and "read more" with one address, or a figure with a title for its caption."""
    if CJK.search("".join(body.lines[:3])):
        return
    own, host = urlsplit(base), site_of(base)
    for box in list(body.element.iterdescendants(*CARD_BOXES)):
        links = [*islice(box.iter("a"), MOST_LINKS + 1)]
        if not 0 < len(links) <= MOST_LINKS or not is_within(box, body.element):
            continue
        targets = {absolute(base, link.get("href")) or "" for link in links}
        target = targets.pop()
        path = urlsplit(target).path
        if targets or site_of(target) != host or not is_other_page(target) or path in (own.path, "", "/"):
            continue
        text, title = text_of(box), max((text_of(link) for link in links), key=len)
        rest = len(text) - len(title)
        is_card = len(links) > 1 and len(text) <= LONGEST_CARD and box.find(".//img") is not None
        if len(title) >= LEAST_TITLE and (is_card or (box.tag == "figure" and rest <= HEADING)):
            body.take_out("link_card", box)


def site_of(url: str) -> str:
    """The domain that a site has registered, of an address's host or of that of the page which an archive of the web keeps.

    >>> site_of("https://m.news.example/1"), site_of("https://web.archive.org/web/2020/https://www.daily.co.uk/1")
    ('news.example', 'daily.co.uk')
    """
    labels = (urlsplit(url[url.rfind("http") :]).hostname or "").split(".")
    is_shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SHARED_LABELS
    return ".".join(labels[-3 if is_shared else -2 :])


def cut_promoted(layout: BlockLayout, body: Body, base: str) -> None:
    """Lines that are a link to another article behind a word such as 推荐, or a title of the site (of the page at *base*)
    behind whatever label."""
    for block in layout.blocks:
        linked, plain = layout.linked[block], layout.plain[block]
        if linked >= 6 and plain <= LONGEST_LABEL and linked > plain / 2 and is_within(block, body.element):
            links = "".join(whole_text(link) for link in block.iter("a"))
            label = squeeze(own_text(block)).removesuffix(squeeze(links)).strip()
            if not label or len(label) > LONGEST_LABEL or block is body.element:
                continue
            if PROMOTED.fullmatch(label) or (
                LABELLED.fullmatch(label)
                and block.tag in LABELLED_LINES
                and len(found := block.findall(".//a")) == 1
                and is_title_of_site(found[0], base)
            ):
                body.take_out("promoted_link", block)
