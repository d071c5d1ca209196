"""Pages in alphabetic scripts: whose name a byline holds, which heading is the headline, what a text is without the links in it."""

import unicodedata
from datetime import UTC, datetime

import pytest
from scrapy.http import HtmlResponse

from crawler.extraction.byline import find_authors
from crawler.extraction.document import Document
from crawler.extraction.headline import find_headline
from crawler.offline.dry_run import read_page
from crawler.pages import NotArticle, target_of

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
URL = "https://news.example/2026/06/30/harbour-bridge.html"
TITLE = "Harbour bridge reopens after two years of repairs"
TEXT = [
    "The bridge over the northern harbour was opened to traffic on Tuesday, two years after engineers closed it for repairs.",
    "About forty thousand cars are expected to use it every day, the city's transport office said in a statement.",
    "Ferries that had carried commuters in the meantime will keep running until the end of the summer, it added.",
    "Residents of the northern district, who had complained about long detours, welcomed the opening on Tuesday.",
    "The repairs cost about ninety million, a third more than planned, because of rust that nobody had seen before.",
]


def western(inside: str, head: str = "", title: str = f"{TITLE} | The Daily Harbour") -> bytes:
    return f'<html lang="en"><head><title>{title}</title>{head}</head><body>{inside}</body></html>'.encode()


def text(*more: str, after: int = 2) -> str:
    lines = [f"<p>{line}</p>" for line in TEXT]
    return "".join([*lines[:after], *more, *lines[after:]])


def read(body: bytes, url: str = URL) -> dict:
    return read_page(target_of(url), HtmlResponse(url, body=body, headers={"Content-Type": "text/html"}), NOW)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Steve Martin", ["Steve Martin"]),
        ("By John Mayer and Theresa May", ["John Mayer", "Theresa May"]),
        ("By JEFFREY GETTLER JAN. 13, 2017", ["Jeffrey Gettler"]),
        ("Do 25.06.26 | 14:07 Uhr | Von Eva Berg-Roth", ["Eva Berg-Roth"]),
        ("von Dr. Max Koller", ["Max Koller"]),
        ("von Till Eck , Max Bern , Martin Murr", ["Till Eck", "Max Bern", "Martin Murr"]),
        ("Af Trine Juhl Jensen og Tove Holm", ["Trine Juhl Jensen", "Tove Holm"]),
        ("Por Ana Ruiz y José Ortega y Gasset", ["Ana Ruiz", "José Ortega y Gasset"]),
        ("Автор: Анна Петрова", ["Анна Петрова"]),
        ("By The Associated Press", []),
        ("Par Le Courrier et AFP", []),
        ("Von DPA", []),
        ("Text: Eva Berg-Roth", ["Eva Berg-Roth"]),
        ("Text Without Notes", []),
    ],
)
def test_a_byline_s_names(line, names):
    found = find_authors(Document("<p>a</p>", URL), [line], [], [], None)
    assert [name.removeprefix("Dr. ") for name in found] == names


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('{"@type":"Person","givenName":"Birgit","familyName":"Baum"}', ["Birgit Baum"]),
        ('{"@type":"Person","name":"viktor hed"}', ["viktor hed"]),
        ('{"@type":"Person","name":"The Daily Harbour"}', []),
        ('{"@type":"Person","name":"Deutsche Presse-Agentur"}', []),
        ('[{"@type":"Person","name":"Ana Ruiz"},{"@type":"Organization","name":"Staff"}]', ["Ana Ruiz"]),
    ],
)
def test_a_stated_author_is_a_person(author, names):
    record = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{TITLE}","author":{author}}}</script>'
    body = western(f"<article><h1>{TITLE}</h1>{text()}</article>", record)
    assert read(body).get("authors") == names


def test_an_editor_is_not_the_writer():
    record = '<script type="application/ld+json">{"@type":"NewsArticle","author":{"@type":"Person","name":"Hery Adi"}}</script>'
    inside = f'<h1>{TITLE}</h1><div class="author-2">Naufal Zuhd</div><article>{text()}</article><div>Editor : <a href="/e">Hery Adi</a></div>'
    assert read(western(inside, record))["authors"] == ["Naufal Zuhd"]


def test_a_link_to_the_writer_s_page_names_the_writer():
    inside = f'<h1>{TITLE}</h1><ul><li><a href="/author/nf/">Nathaniel Flack</a></li></ul><div>30 June 2026</div><article>{text()}</article>'
    assert read(western(inside))["authors"] == ["Nathaniel Flack"]


@pytest.mark.parametrize(("kind", "names"), [("Person", ["Mina Harrow"]), ("Organization", [])])
def test_who_writes_a_site_under_an_own_name_is_its_writer(kind, names):
    who = '{{"@type":"{}","name":"Mina Harrow"}}'
    record = f'<script type="application/ld+json">{{"@type":"BlogPosting","author":{who.format(kind)},"publisher":{who.format("Organization")}}}</script>'
    inside = f"<h1>{TITLE}</h1><article>{text()}</article>"
    assert read(western(inside, record))["authors"] == names


def test_a_writer_beside_the_text_is_of_the_only_article_that_microdata_state():
    aside = '<aside><p><span itemprop="author" itemscope itemtype="http://schema.org/Person"><span itemprop="name">Mina Harrow</span></span></p></aside>'
    post = '<article itemscope itemtype="http://schema.org/BlogPosting">{}</article>'
    inside = post.format(f"<h1>{TITLE}</h1><section>{text()}</section>{aside}")
    assert read(western(inside))["authors"] == ["Mina Harrow"]
    assert read(western(inside + post.format("<h2>Another</h2>")))["authors"] == []


KICKED = "Storm damage: Harbour bridge reopens after two years of repairs"


@pytest.mark.parametrize(
    ("headings", "title", "headline"),
    [
        # A section that the title begins with is not the headline.
        ('<h3 class="title">Harbour</h3><h2>Harbour bridge opens after two long years</h2>', TITLE, "Harbour bridge opens after two long years"),
        # A kicker in an element of its own; the metadata part it by a colon.
        ('<h2><span class="title">Storm damage</span> <span>Harbour bridge reopens after two years of repairs</span></h2>', KICKED, KICKED),
        # A tool's heading right above the text.
        ('<h3 class="title">Give this article away</h3>', TITLE, TITLE),
        ("<h1>Harbour bridge reopens after two years of repairs ¶</h1>", TITLE, TITLE),
    ],
)  # fmt: skip
def test_the_headline_is_the_whole_of_it(headings, title, headline):
    metas = f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">'
    document = Document(western(f"{headings}<div>{text()}</div>", metas, f"{title} | Blatt").decode(), URL)
    before = [one for one in document.root.iter() if one.tag in ("h1", "h2", "h3")]
    assert find_headline(document, before)[0] == headline


@pytest.mark.parametrize(
    "line",
    [
        '<p><a href="/2026/06/other.html">FERRY LINES TO CLOSE AT THE END OF THE SUMMER, CITY SAYS IN A STATEMENT</a></p>',
        '<p>READ MORE: <a href="/2026/06/other.html">Ferry lines to close at the end of the summer</a></p>',
        '<p>Lire aussi : <a href="/2026/06/other.html">La fin des ferries en été annoncée par la ville</a></p>',
        '<p><a href="/2026/06/other.html">Ferry lines to close at the end of the summer</a> [VIDEO]</p>',
        f"<p>{URL}</p>",
        '<h3><b>Mire:</b> <a href="/2026/06/other.html">Los transbordadores dejan de navegar en verano</a></h3>',
        (
            '<h4>Editors\' picks:</h4><ul><li><a href="/a/1">Ferry lines to close at the end of the summer, city says</a></li>'
            '<li><a href="https://www.news.example/a/2">Rust that nobody had seen before: how the repairs took two years</a></li></ul>'
        ),
    ],
)
def test_a_line_that_leads_elsewhere_is_no_text(line):
    found = read(western(f"<article><h1>{TITLE}</h1><time>2026-06-30 10:00</time>{text(line)}</article>"))
    assert found["body_text"].split("\n") == TEXT


@pytest.mark.parametrize(
    "line",
    [
        '<p>Report: <a href="https://office.example/report">What the transport office says about the ferries</a></p>',
        '<ul><li>Ferries: <a href="/a/1">what the city says about the end of all lines</a></li><li>Cars: forty thousand a day are expected.</li></ul>',
    ],
    ids=["another site", "items with words of their own"],
)
def test_a_line_that_names_what_it_links_is_text(line):
    found = read(western(f"<article><h1>{TITLE}</h1><time>2026-06-30 10:00</time>{text(line)}</article>"))
    assert "says about the" in found["body_text"]


def test_a_headline_in_the_body_and_what_is_above_it_is_no_text():
    above = "<p>This copy is for your personal use only. To order copies for your colleagues visit our office.</p>"
    inside = f'<article class="article-body"><div>{above}</div><h1>{TITLE}</h1><p>By Ana Ruiz</p>{text()}</article>'
    assert read(western(inside))["body_text"].split("\n") == TEXT


def test_an_embedded_post_is_text():
    post = "<blockquote><p>So proud of the engineers who made this bridge safe again for all of us.</p></blockquote>"
    found = read(western(f"<article><h1>{TITLE}</h1><time>2026-06-30 10:00</time>{text(post)}</article>"))
    assert "So proud of the engineers" in found["body_text"]


@pytest.mark.parametrize("path", ["/", "/es/", "/en-gb/", "/de/index.html"])
def test_the_home_page_of_an_edition_is_no_article(path):
    with pytest.raises(NotArticle, match="is the home page"):
        read(western(f"<h1>{TITLE}</h1>{text()}"), f"https://news.example{path}")


def test_a_photograph_may_be_named_after_sharing_and_attention():
    image = '<p><img src="/photos/bridge.jpg" class="share-img" alt="全民关注大桥通车"></p>'
    found = read(western(f"<article><h1>{TITLE}</h1><time>2026-06-30 10:00</time>{text(image)}</article>"))
    assert found["images"] == ["https://news.example/photos/bridge.jpg"]


SUMMARY = "Commuters get their shortest way to the centre back, and the ferries stay through the summer."


@pytest.mark.parametrize("tag", ["p", "h2", "div"])
def test_what_sums_a_text_up_above_it_is_its_lead(tag):
    head = f'<meta name="description" content="{SUMMARY}">'
    inside = f"<header><div><h1>{TITLE}</h1></div><div><{tag}>{SUMMARY}</{tag}></div></header><main><div>{text()}</div></main>"
    assert read(western(inside, head))["body_text"].split("\n") == [SUMMARY, *TEXT]


def test_letters_are_the_same_however_their_accents_are_coded():
    line = "Über die Brücke führen künftig drei Fahrstreifen, erklärte die Behörde für Straßenbau am späten Abend."
    decomposed = unicodedata.normalize("NFD", line)
    assert (
        decomposed in read(western(f"<h1>{TITLE}</h1><div>{text(f'<p>{decomposed}</p>')}</div>"))["body_text"]
    )


def test_a_hidden_copy_of_the_text_is_not_shown_twice():
    copy = f'<div style="display:none" itemtype="http://schema.org/NewsArticle"><div itemprop="articleBody">{" ".join(TEXT)}</div></div>'
    inside = f"<h1>{TITLE}</h1><div><div>{text()}</div>{copy}</div>"
    assert read(western(inside))["body_text"].split("\n") == TEXT


def test_a_text_that_a_script_shows_is_not_lost_with_its_mark():
    assert read(western(f"<h1>{TITLE}</h1><div hidden>{text()}</div>"))["body_text"].split("\n") == TEXT


@pytest.mark.parametrize(
    ("url", "head"),
    [
        ("https://forum.example/viewtopic.php?f=2&t=8123", ""),
        ("https://forum.example/showthread.php?8123-Harbour-bridge", ""),
        ("https://forum.example/threads/harbour-bridge.8123/", ""),
        ("https://forum.example/index.php?topic=8123.0", ""),
        ("https://forum.example/t/harbour-bridge/8123", ""),
        ("https://forum.example/t/8123/harbour-bridge", ""),
        ("https://forum.example/discussions/general/harbour-bridge", ""),
        ("https://forums.harbour.example/8123-harbour-bridge", ""),
        ("https://forum.example/harbour-bridge", '<meta name="generator" content="Discourse 3.2.1">'),
        (
            "https://forum.example/harbour-bridge",
            '<script type="application/ld+json">{"@type": "DiscussionForumPosting", "datePublished": "2026-06-30"}</script>',
        ),
    ],
)
def test_a_thread_of_a_forum_is_no_article(url, head):
    with pytest.raises(NotArticle, match="is a thread of a forum"):
        read(western(f"<h1>{TITLE}</h1><div>{text()}</div>", head), url)


def test_an_article_about_a_forum_is_one():
    assert read(
        western(f"<h1>{TITLE}</h1><div>{text()}</div>"), "https://news.example/forum/harbour-bridge.html"
    )["body_text"]


LONGER = f"{TITLE}, officials say"
RECORD = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{LONGER}"}}</script>'
KICKED = f"Northern district: {TITLE}"
HEADS = {
    "stated alike": (f'<meta property="og:title" content="{LONGER}">{RECORD}', TITLE, LONGER),
    "kicker": (f'<meta property="og:title" content="{KICKED}"><meta name="twitter:title" content="{KICKED}">', TITLE, KICKED),
    "box": (f'<meta property="og:title" content="{TITLE}">', "Welcome to our European experience", TITLE),
}  # fmt: skip


@pytest.mark.parametrize(("head", "shown", "headline"), HEADS.values(), ids=HEADS)
def test_headline_is_what_the_titles_of_a_page_agree_on(head, shown, headline):
    tag = "h1" if shown == TITLE else "h3"
    assert read(western(f"<main><{tag}>{shown}</{tag}>{text()}</main>", head))["headline"] == headline


@pytest.mark.parametrize(
    ("site_name", "publisher"),
    [
        ("Ňews Example - Víte, co se u nás právě děje", "Ňews Example"),
        ("Harbour Hacks – the web developer blog", "Harbour Hacks – the web developer blog"),
        ("Newswell, Inc.", "Newswell"),
    ],
)
def test_slogan_and_legal_form_are_no_part_of_a_publisher(site_name, publisher):
    head = f'<meta property="og:site_name" content="{site_name}">'
    assert read(western(f"<h1>{TITLE}</h1>{text()}", head))["publisher"] == publisher
