"""Pages in many languages: what their forms, notices and shops are called, what stands round their texts, who wrote them when."""

import pytest

from crawler.extraction.boilerplate import names_boilerplate
from crawler.extraction.page_words import WORDS as PAGE_WORDS
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
