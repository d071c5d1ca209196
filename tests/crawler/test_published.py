"""Which of the times on a page is that of its publication."""

from __future__ import annotations

import json

import pytest

from crawler.extraction.document import Document
from crawler.extraction.published import find_language, find_published


def published(html, near=(), after=(), text=(), lang="de", url="https://blatt.example/a/1"):
    document = Document(f"<html lang='{lang}'><body>{html}</body></html>", url)
    return find_published(document, [*near], [*after], [*text])


ARTICLE = "<meta property='article:published_time' content='{}'>"
LONG = " und weitere Worte, wie sie in einem ganzen Satz stehen" * 3


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<meta property='og:article:published_time' content='2023-11-06'>", "2023-11-06"),
        ("<meta name='DC.date.issued' content='2022-02-04T15:33:00+01:00'>", "2022-02-04T15:33:00+01:00"),
        ("<p itemprop='datePublished' content='2022-01-14 10:31:00'>Januar 2022</p>", "2022-01-14 10:31:00"),
        (
            "<abbr class='published' title='2012-05-08T10:00:00+0200'>8. Mai</abbr>",
            "2012-05-08T10:00:00+0200",
        ),
        ("<time>8. Mai 2012</time>", "8. Mai 2012"),
        (
            "<p><span property='schema:datePublished' content='2022-01-28T12:45:46+00:00'>28.1.</span>",
            "2022-01-28T12:45:46+00:00",
        ),
        ("<meta itemprop='dateModified' content='2022-01-14T10:31:00Z'>", None),
        ("<meta property='article:modified_time' content='2022-01-14T10:31:00Z'>", None),
    ],
)
def test_metadata_and_marked_elements_state_it(html, expected):
    assert published(html) == expected


@pytest.mark.parametrize(
    "around",
    [
        "<div class='comment-list'><p>{}</p></div>",
        "<aside>{}</aside>",
        "<div class='related'>{}</div>",
        "<blockquote>{}</blockquote>",
        "<a href='/b/2'>Ein ganz anderer Artikel des Blattes {}</a>",
    ],
)
def test_times_of_comments_and_other_articles_are_none(around):
    time = "<time datetime='2020-09-23T18:19:06+02:00'>23.9.</time>"
    assert published(around.format(time)) is None
    whole = f"<div class='post has-comments no-sidebar'><h1>Titel</h1><div>{time}</div></div>"
    assert published(whole) == "2020-09-23T18:19:06+02:00"


@pytest.mark.parametrize(
    ("html", "near", "expected"),
    [
        # A day that is shown is not that of an embedded post, nor that of a script.
        ("<time datetime='2018-03-12T19:30:12+00:00'>12.3.</time>", ["29. Januar 2019"], "29. Januar 2019"),
        ("<script>ctime='2020-02-20T07:59:36'</script>", ["23. Dezember 2019"], "23. Dezember 2019"),
        # Its clock comes from metadata of that day, whatever they are named ...
        (
            "<meta name='date' content='2022-02-04T15:33:00+01:00'>",
            ["04.02.2022"],
            "2022-02-04T15:33:00+01:00",
        ),
        ("<meta name='date' content='2021-12-20T11:02:44+01:00'>", ["27.01.2022"], "27.01.2022"),
        # ... and from those of another day only where these are named as the publication's, and the line is not.
        (ARTICLE.format("2020-04-03T10:35:41Z"), ["11.04.2020"], "2020-04-03T10:35:41Z"),
        (ARTICLE.format("2020-04-03T10:35:41Z"), ["Veröffentlicht am 11.04.2020"], "11.04.2020"),
        (ARTICLE.format("2020-04-03T10:35:41Z"), ["Aktualisiert: 11.04.2020, 10:27"], "2020-04-03T10:35:41Z"),
        (ARTICLE.format("2022-02-17T10:00:00+01:00"), ["21.02.2022 15:54"], "2022-02-17T10:00:00+01:00"),
        ("<meta name='date' content='1643983980'>", ["04.02.2022"], "1643983980"),
        # Of two that are worth the same the first is the article's.
        ("", ["04.02.2022 10:00", "05.02.2022 10:00"], "04.02.2022 10:00"),
        # The same time with its zone, rather than the first that has one.
        (
            f"{ARTICLE.format('2021-12-14T15:41:07+01:00')}<meta name='date' content='2022-02-04T15:33:00+01:00'>",
            ["04.02.2022 | 15:33 Uhr | A. Beck"],
            "2022-02-04T15:33:00+01:00",
        ),
        # Midnight of a day, in UTC.
        (ARTICLE.format("2021-11-04T23:00Z"), ["5. November 2021"], "5. November 2021"),
        # A change, whatever its clock.
        ("", ["Letzte Änderung: 31.10.2023 - 14:49:39 Erschienen am: 01.11.2023"], "01.11.2023"),
        ("", ["Zuletzt geändert am 1.2.2022 um 10:00 Uhr", "31.01.2022"], "31.01.2022"),
    ],
)
def test_shown_and_stated_times_are_held_against_each_other(html, near, expected):
    assert published(html, near) == expected


@pytest.mark.parametrize(
    ("near", "text", "after", "expected"),
    [
        ([], ["Karlsruhe, (12.11.2021). Die Kirchen im Land" + LONG], [], "12.11.2021"),
        ([], ["27.1.2022 - Bei der Erinnerung" + LONG], [], "27.1.2022"),
        ([], ["Ein Vorspann ohne Tag", "Von A. Beck", "06.11.2023"], [], "06.11.2023"),
        ([], ["1.2.2022", "Erster Eintrag", "3.2.2022", "Zweiter Eintrag"], [], None),
        (["Die Auswahl spielt gegen Brasilien (4. und 5. März 2022 in Rio)" + LONG], [], [], None),
        (["Am 8. November 2021 findet der Tag" + LONG], [], [], None),
        (["Blatt (@blatt) 27. September 2020"], [], [], None),
        (
            [],
            [],
            ["Dieser Beitrag wurde am 3. Dezember 2011 um 9:12 veröffentlicht" + LONG],
            "3. Dezember 2011 um 9:12",
        ),
        (["26/10/13, 03:48 pm"], [], [], "26/10/13, 03:48 pm"),
    ],
)
def test_a_date_counts_where_a_line_is_about_it(near, text, after, expected):
    assert published("", near, after, text) == expected


@pytest.mark.parametrize(
    ("url", "lang", "expected"),
    [
        ("https://a.example/2016/03/24/wort", "en", "2016-03-24"),
        ("https://a.example/meldungen/29-10-2021", "de", "29.10.2021"),
        ("https://a.example/meldungen/09-11-2021", "en", None),
        ("https://a.example/meldungen/2021/10", "de", None),
    ],
)
def test_the_address_states_the_day_where_nothing_else_does(url, lang, expected):
    assert published("", lang=lang, url=url) == expected


@pytest.mark.parametrize(
    ("lang", "url", "expected"),
    [
        ("en-US", "https://a.example/1", "03/04/2022"),
        ("en-US", "https://a.example.au/1", "03/04/2022"),
        ("en", "https://a.example.co.uk/1", "03/04/2022"),
        ("en", "https://a.example/1", None),
    ],
)
def test_numbers_in_two_orders_are_read_where_the_country_is_known(lang, url, expected):
    assert published("", ["By Ann Lee | 03/04/2022"], lang=lang, url=url) == expected


@pytest.mark.parametrize(
    ("lang", "line", "expected"),
    [
        ("ko", "입력 2024-03-05 09:12 수정 2024-03-05 10:00", "2024-03-05 09:12"),
        ("ko", "기사입력 2024.03.05. 오후 3:54 최종수정 2024.03.05. 오후 5:00", "2024.03.05. 오후 3:54"),
        ("ko", "수정 2024.03.05. 오후 5:00 입력 2024.03.05. 오전 9:12", "2024.03.05. 오전 9:12"),
        ("ja", "公開日: 2024/03/05 更新日: 2024/03/09", "2024/03/05"),
        ("ja", "2026/03/05 [09:12]", "2026/03/05 [09:12"),
        ("ja", "令和6年3月5日 9時12分", "令和6年3月5日 9時12分"),
        ("zh-TW", "中華民國113年3月5日", "民國113年3月5日"),
        ("zh-TW", "Dec 28 Sat 2013 00:28", "Dec 28 Sat 2013 00:28"),
        ("zh", "某报 刚刚", "刚刚"),
    ],
)
def test_the_time_of_publication_is_told_from_a_change_in_east_asian_lines(lang, line, expected):
    assert published("<p>文</p>", [line], lang=lang) == expected


def test_a_day_without_a_year_takes_the_address_s_and_is_no_change():
    url = "https://news.example/hl?a=20170309-35097838"
    near = ["最終更新:3/12(日) 10:00", "3/9(木) 18:45配信"]
    assert published("<p>文</p>", near, lang="ja", url=url) == "2017-3-9 18:45"
    assert published("<p>文</p>", near, lang="ja", url="https://news.example/a/1") is None


def test_metadata_that_call_tokyo_s_clock_utc_are_not_followed():
    near = ["2018年6月18日 10:01 発信地：カノ"]
    for stated, expected in (
        ("2018-06-18T10:01:00.000Z", "2018年6月18日 10:01"),
        ("2018-06-18T01:01:00.000Z", "2018-06-18T01:01:00.000Z"),
    ):
        assert published(ARTICLE.format(stated), near, lang="ja") == expected


@pytest.mark.parametrize(
    ("html", "after", "expected"),
    [
        ("<time>16:45</time>", [], "2022-01-28 16:45"),
        # What stands behind a text may be of another one, but not where it is of the day in the address.
        ("", ["19. Mai 2019"], "2022-01-28"),
        ("", ["28. Januar 2022, 9:10 Uhr"], "28. Januar 2022, 9:10 Uhr"),
    ],
)
def test_the_day_of_the_address(html, after, expected):
    assert published(html, after=after, url="https://blatt.example/2022/01/28/brief") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Veröffentlicht am 04.02.2022 um 15:33 Uhr von der Redaktion in Hamburg und Köln", "04.02.2022 um 15:33 Uhr"),
        ("Zuletzt geschah das am 04.02.2022 um 15:33 Uhr vor der Redaktion in Hamburg und Köln", None),
        ("Der Minister reiste am 4. Februar 2022 in die Hauptstadt, um dort über den Haushalt zu reden, sagte er.", None),
    ],
)  # fmt: skip
def test_a_date_within_a_line_of_the_text_is_to_be_labelled(line, expected):
    assert published("", text=[line]) == expected


@pytest.mark.parametrize("stated", ["de", {"@type": "Language", "name": "German"}, ["de", "fr"], " "])
def test_a_language_that_is_not_stated_as_a_tag_is_none(stated):
    data = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "inLanguage": stated})
    page = f"<html><head><script type='application/ld+json'>{data}</script></head></html>"
    assert find_language(Document(page, "https://blatt.example/a/1")) == ("de" if stated == "de" else None)


def test_the_address_s_day_stays_when_a_text_is_published_anew():
    anew = ARTICLE.format("2019-06-17T18:28:00+02:00")
    assert published(anew, url="https://blatt.example/home/2017/7/12/brief") == "2017-07-12"
    assert published(anew, url="https://blatt.example/home/2019/6/16/brief") == "2019-06-17T18:28:00+02:00"


def test_a_time_in_utc_is_given_by_the_page_s_own_clock_where_that_is_stated():
    own = "<script>var post = {'date': '2023-11-08T22:28:35-05:00', 'seen': '2023-11-08T22:28:36-05:00'}</script>"
    assert published(ARTICLE.format("2023-11-09T03:28:35Z") + own) == "2023-11-08T22:28:35-05:00"
    assert published(ARTICLE.format("2023-11-09T03:28:34Z") + own) == "2023-11-09T03:28:34Z"


def test_what_says_when_an_offer_ends_is_not_the_publication():
    assert published("", text=["Video verfügbar bis 28.02.2021", "2 min 04.04.2020"]) == "04.04.2020"
    assert (
        published("", text=["Wasserball 01.02.2022 Kategorie: Wasserball, Verband, Jugend"]) == "01.02.2022"
    )


def test_names_that_a_site_s_software_gives_are_less_sure():
    own = "<meta name='cms-pubdate' content='2021-11-19'>"
    assert published(own, after=["16. Nov 2021"]) == "2021-11-19"
    assert published(own, near=["18. Nov 2021"]) == "18. Nov 2021"
