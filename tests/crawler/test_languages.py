"""Pages in many languages: what their forms, notices and shops are called, what stands round their texts, who wrote them when."""

import pytest

from crawler.extraction.boilerplate import names_boilerplate
from crawler.extraction.document import Document
from crawler.extraction.page_words import WORDS as PAGE_WORDS
from crawler.extraction.site_name import find_site_name
from crawler.pages import Gone, NotArticle, Walled
from tests.crawler.test_western_pages import TEXT, TITLE, URL, read, text, western

REFUSED = (NotArticle, Gone, Walled)
ARTICLE = f"<main><article><h1>{TITLE}</h1><p>30 June 2026</p>{text()}</article></main>"


@pytest.mark.parametrize("code", PAGE_WORDS)
@pytest.mark.parametrize("field", ["forms", "missing", "results"])
def test_a_headline_that_names_a_form_or_a_notice_is_no_article_s(code, field):
    phrase = getattr(PAGE_WORDS[code], field).split("|")[0]
    if phrase:
        with pytest.raises(REFUSED):
            read(western(ARTICLE.replace(TITLE, phrase), title=f"{phrase} | The Daily Harbour"))


@pytest.mark.parametrize(
    "path",
    [
        "/konto/passwort-vergessen", "/contacto/", "/index.php?page=Register&action=register", "/rejestracja.html", "/%C4%B0leti%C5%9Fim/", "/forum.php", "/forum/",
        "/phpbb2/viewforum.php?f=1", "/forum/witnesses-f26.html", "/page/3", "/blog/index.php?PAGEN_1=5", "/?start=10", "/noticias/", "/consent/",
    ],
)  # fmt: skip
def test_an_address_of_a_form_a_forum_or_a_list_is_no_article_s(path):
    og_type = '<meta property="og:type" content="article">' if "page" not in path and "forum" in path else ""
    with pytest.raises(REFUSED):
        read(western(ARTICLE, og_type), f"https://news.example{path}")


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/2026/06/30/contacto-con-la-tripulacion-perdido.html",
        "https://news.example/sport/registro-de-jugadores-4711?page=2",
        "https://news.example/2026/06/30/harbour-bridge/page/2/",
        "https://news.example/2026/06/30/harbour-bridge?from=login",
    ],
)
def test_an_article_whose_address_has_such_words_is_one(url):
    assert read(western(ARTICLE), url)["headline"] == TITLE


def test_a_page_about_a_shop_s_region_is_an_article_and_its_product_is_not():
    button = '<input type="submit" value="In den Warenkorb">'
    product = f"<main><h1>{TITLE}</h1><p>30 June 2026</p><div>{TEXT[0]}</div>{button}</main>"
    with pytest.raises(NotArticle, match="sells"):
        read(western(product), "https://shop.example/a/lamp")
    assert read(western(ARTICLE + button), "https://shop.example/a/region")["headline"] == TITLE


def test_reviews_make_no_article_of_what_is_reviewed():
    review = '<div itemscope itemtype="http://schema.org/Review">Good.</div>'
    head = '<meta property="og:type" content="restaurant.restaurant">'
    with pytest.raises(NotArticle, match="restaurant"):
        read(western(ARTICLE + review, head))


def test_a_navigation_that_is_never_closed_holds_the_article():
    inside = f'<nav class="menu-top"><ul><li><a href="/a">Sport</a></li></ul><div>{ARTICLE}'
    assert TEXT[-1] in read(western(inside))["body_text"]


def test_tags_among_an_article_s_classes_say_nothing_of_it():
    assert names_boilerplate("news-tags")
    assert not names_boilerplate("post-1 hentry news_tags-comment")


@pytest.mark.parametrize(
    "label",
    [
        "اقرأ المزيد", "संबंधित खबरें", "Читайте также", "Зверніть увагу", "Vezi și", "קראו גם", "بیشتر بخوانید", "Xem thêm", "Baca juga", "ข่าวที่เกี่ยวข้อง", "Διαβάστε ακόμα", "Lue seuraavaksi", "Pročitajte još",
    ],
)  # fmt: skip
def test_what_leads_to_another_article_is_no_text(label):
    line = f'<p>{label}: <a href="/2026/a">The tram line to the airport</a></p>'
    assert "tram line" not in read(western(f"<h1>{TITLE}</h1>{text(line)}"), URL)["body_text"]


@pytest.mark.parametrize(
    "line",
    [
        "Śledź nas w mediach społecznościowych.", "Якщо ви помітили помилку, виділіть її і натисніть Ctrl+Enter", "Ακολουθήστε μας στο Google News.", "Ikuti berita kami di Google News",
        "Recibe gratis las noticias en tu email.", "Følg os på Facebook og Instagram.", "ما را در تلگرام دنبال کنید", "Iratkozz fel hírlevelünkre!", "Bizi takip edin",
    ],
)  # fmt: skip
def test_a_last_line_to_the_reader_is_no_text(line):
    assert line not in read(western(f"<h1>{TITLE}</h1>{text()}<p>{line}</p>"), URL)["body_text"]


@pytest.mark.parametrize(
    ("title", "url", "name"),
    [
        ("Мост открыт | Политика | Гавань и Вести", "https://giv.example/1", "Гавань и Вести"),
        ("Μια γέφυρα - Λιμάνι", "https://limani.example/1", "Λιμάνι"),
        ("Bro åben - harbour.dk - Forsiden - Erhverv", "https://harbour.dk/a/1", "harbour.dk"),
        ("Jembatan dibuka : Harbour Ekonomi", "https://harbour.example/1", "Harbour Ekonomi"),
        ("สะพานเปิดแล้ว | ท่าเรือ Harbour.com", "https://harbour.com/1", "ท่าเรือ"),
        ("Мост открыт | Политика", "https://harbour.example/1", None),
    ],
)
def test_a_site_s_name_is_the_part_of_the_title_that_the_host_has(title, url, name):
    assert find_site_name(Document(f"<title>{title}</title>", url)) == name


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ('<a class="author_name" href="blogger/yuriy_1/">Юрій Коваль,</a>', ["Юрій Коваль"]),
        ('<span class="autor_sup" itemprop="author"> marcos ruiz </span>', ["marcos ruiz"]),
        ('<span class="autor">Von Clara Winter</span>', ["Clara Winter"]),
        ('<span class="auteur">Rédaction</span>', []),
    ],
)
def test_a_writer_is_in_the_element_that_is_called_so(byline, names):
    inside = f"<main><h1>{TITLE}</h1><div>{byline} <span>30.06.2026 | 09:03</span></div>{text()}</main>"
    assert (read(western(inside)).get("authors") or []) == names


def test_a_kicker_in_a_heading_is_parted_as_the_title_parts_it():
    heading = f"<h1><span>Singing, playing</span> <span>{TITLE}</span></h1>"
    page = western(f"<main>{heading}<p>30 June 2026</p>{text()}</main>", title=f"Singing, playing: {TITLE}")
    assert read(page)["headline"] == f"Singing, playing: {TITLE}"


CARD = (
    '<div class="inject"><a href="/2026/a"><img src="/a-144x110.jpg"></a><h3><a href="/2026/a">The tram line to the airport is open</a></h3>'
    '<p>Two years late …</p><a href="/2026/a">Прочети повече</a></div>'
)
SIGN = '<figure><img src="/b.jpg"><div><a href="/2026/b">The tram line to the airport is open</a> <span>Подробнее</span></div></figure>'


@pytest.mark.parametrize("box", [CARD, SIGN])
def test_a_box_that_leads_to_one_other_article_is_no_text(box):
    article = read(western(f"<main><h1>{TITLE}</h1><p>30 June 2026</p>{text(box)}</main>"))
    assert "tram line" not in article["body_text"]
    assert not article["images"]
    assert TEXT[-1] in article["body_text"]


def test_a_photograph_whose_caption_names_its_source_stays():
    photo = '<figure><img src="/c.jpg"><figcaption>The bridge by night. <a href="/photos">Photo desk</a></figcaption></figure>'
    assert "/c.jpg" in read(western(f"<main><h1>{TITLE}</h1>{text(photo)}</main>"))["body_html"]


def test_filler_for_what_only_subscribers_see_is_no_text():
    filler = "<p>Dolor ipsam et est cumque. Laboriosam sed delectus rerum sint qui natus tenetur ea.</p>"
    quoted = "<p>She had the words “lorem ipsum dolor” painted on the wall of the ferry office, in letters as tall as a man.</p>"
    body = read(western(f"<main><h1>{TITLE}</h1><p>30 June 2026</p>{text()}{quoted}{filler}</main>"))[
        "body_text"
    ]
    assert "Laboriosam" not in body
    assert "lorem ipsum" in body


def test_filler_on_a_page_of_nothing_else_is_its_text():
    filler = "<p>Dolor ipsam et est cumque. Laboriosam sed delectus rerum sint qui natus tenetur ea.</p>" * 4
    made = western(f"<main><h1>{TITLE}</h1><p>30 June 2026</p><div>{filler}</div></main>")
    assert "Laboriosam" in read(made)["body_text"]


LEAD = '<img width="800" src="/up/bridge-620x330.jpg">'
OG_IMAGE = '<meta property="og:image" content="https://news.example/up/bridge-1200x800.jpg">'


@pytest.mark.parametrize(
    ("above", "head", "kept"),
    [
        (f"<div>{LEAD}</div>", OG_IMAGE, True),
        (f"<figure>{LEAD}</figure>", "", True),
        (f"<div>{LEAD}</div>", "", False),
        (f'<figure><a href="/2026/other">{LEAD}</a></figure><p><a href="/2026/other">The tram line to the airport is open</a></p>', "", False),
    ],
    ids=["stated", "figure", "unnamed", "of another article"],
)  # fmt: skip
def test_an_image_above_the_headline_is_the_article_s_where_the_page_says_so(above, head, kept):
    page = western(
        f"<main>{above}<h1>{TITLE}</h1><p>30 June 2026</p><article>{text()}</article></main>", head
    )
    assert ("bridge-620x330" in read(page)["body_html"]) is kept


def test_a_writer_s_portrait_and_a_linked_banner_are_no_images_of_the_article():
    portrait = '<div itemprop="author"><figure><img src="/w/ann.png"></figure><span>Ann Hill</span></div>'
    banner = '<div class="front-banner"><a href="/podcast"><img src="/w/pod.jpg"></a></div>'
    page = western(f"<main><h1>{TITLE}</h1>{portrait}{banner}<article>{text(banner)}</article></main>")
    assert "/w/" not in read(page)["body_html"]
