"""Pages of western content management systems: what is a list, a shop or an account is refused, what is an article is kept."""

import pytest

from crawler.pages import NotArticle, Walled
from tests.crawler.test_western_pages import TEXT, TITLE, URL, read, western

STORIES = (
    ("Council approves new tram line to the airport", "The council voted on Monday for a tram line that links the old town with the airport by 2031."),
    ("Fishermen find rare shell off the cape", "Two fishermen from the southern cape pulled up a shell that biologists had believed extinct."),
    ("School meals to be free from autumn", "All primary schools in the district will serve free meals from the autumn term, officials said."),
    ("Museum shows maps of the first settlers", "A new exhibition opens on Friday with forty maps that settlers drew more than two centuries ago."),
    ("River level falls to a record low", "The river has fallen to its lowest level since measurements began, the water office reported."),
    ("Night trains return after twenty years", "Night trains to the coast will run again from December, the state railway announced on Tuesday."),
    ("Library extends its opening hours", "The central library will stay open until midnight on weekdays, following a petition by students."),
)  # fmt: skip
HEADER = '<header><a href="/">The Daily Harbour</a><nav><a href="/news/">News</a><a href="/sport/">Sport</a></nav></header>'
SAID = " The decision had been expected for weeks, people who know the matter said."
SENTENCES = "".join(f"<p>{line}</p>" for line in TEXT)


def each(item: str, more: str = "") -> str:
    """*item* for each story, its number, title and first sentence (with *more* behind it) put in."""
    return "".join(
        item.format(n=number, title=title, lead=lead + more)
        for number, (title, lead) in enumerate(STORIES, 10)
    )


LISTS = {
    "WordPress, a keyword": (
        "/tag/transport/",
        '<main><header><h1 class="page-title">Tag: <span>transport</span></h1></header>'
        + each('<article id="post-{n}" class="post-{n} post type-post hentry tag-{n}"><h2 class="entry-title"><a href="/2026/06/{n}/story/" rel="bookmark">{title}</a></h2>'
        '<time class="entry-date published" datetime="2026-06-{n}T08:00:00+00:00">June {n}, 2026</time><div class="entry-summary"><p>{lead}</p></div></article>') + "</main>",
        '<meta property="og:type" content="article"><meta name="generator" content="WordPress 6.8">',
    ),
    "WordPress, a search": (
        "/?s=bridge",
        "<main><h1>Search Results for: bridge</h1>" + each('<article class="post"><h2><a href="/2026/06/{n}/story/">{title}</a></h2><p>{lead}</p></article>') + "</main>",
        "",
    ),
    "WordPress, a writer": (
        "/ann-hill/",
        f"<main><h1>Ann Hill</h1><p>{TEXT[0]}</p>" + each('<article><h2><a href="/2026/06/{n}/story/">{title}</a></h2><p>{lead}</p></article>') + "</main>",
        '<script type="application/ld+json">{"@graph": [{"@type": "ProfilePage"}, {"@type": "Person", "name": "Ann Hill"}]}</script>',
    ),
    "Drupal, a topic": (
        "/in-focus/transport",
        '<main><h1 class="page-title">Transport</h1><div class="view-content">'
        + each('<div class="views-row"><article class="node node--view-mode-teaser"><h2><a href="/news/{n}/story" rel="bookmark">{title}</a></h2><div class="node__meta">'
        'Submitted by editor on Tue, 06/{n}/2026 - 09:12</div><p>{lead}</p><ul class="links"><li><a href="/news/{n}/story">Read more</a></li></ul></article></div>') + "</div></main>",
        '<meta name="Generator" content="Drupal 10">',
    ),
    "Ghost, a keyword": (
        "/transport/",
        '<main><h1 class="gh-article-title">Transport</h1><p>All that moves in the city and round it, from trams to ferries.</p><div class="gh-feed">'
        + each('<article class="gh-card post"><a class="gh-card-link" href="/story-{n}/"><h3>{title}</h3><p class="gh-card-excerpt">{lead}</p></a></article>') + "</div></main>",
        '<meta name="generator" content="Ghost 6">',
    ),
    "Arc, a section": (
        "/business/",
        '<div id="fusion-app"><main><h1>Business</h1>' + each('<div class="story-card"><a href="/business/2026/06/{n}/story/"><h2>{title}</h2></a><p class="c-paragraph">{lead}</p>'
        '<span>By Ann Hill</span><time datetime="2026-06-{n}T10:00:00Z">June {n}</time></div>') + "</main></div>",
        '<meta property="og:type" content="website">',
    ),
    "Squarespace, a journal": (
        "/journal",
        "<main>" + each('<article class="hentry blog-item"><h1 class="blog-title"><a href="/journal/{n}">{title}</a></h1><time class="blog-date" datetime="2026-06-{n}">6/{n}/26</time>'
        '<p>{lead}</p><a href="/journal/{n}">Read More</a></article>') + "</main>",
        '<meta name="generator" content="Squarespace">',
    ),
    "Discourse, the latest topics": (
        "/latest",
        "<table><tbody>" + each('<tr class="topic-list-item"><td><a href="/t/story/{n}" class="title">{title}</a><p class="excerpt">{lead}</p></td><td>June {n}, 2026</td></tr>') + "</tbody></table>",
        '<meta name="generator" content="Discourse 3.5">',
    ),
    "Shopify, a product": (
        "/products/harbour-lamp",
        f'<main><h1>Harbour lamp</h1><span>€49.00</span><form action="/cart/add"><button type="submit"><span>Add to cart</span></button></form><div class="rte">{SENTENCES}</div></main>',
        '<meta property="og:type" content="product"><script type="application/ld+json">{"@type": "Product", "name": "Harbour lamp"}</script>',
    ),
    "WooCommerce, a product whose tags say article": (
        "/product/harbour-lamp/",
        f'<main><h1>Harbour lamp</h1><p>5 March 2024</p><div>{SENTENCES}</div></main>',
        '<meta property="og:type" content="article"></head><body class="single single-product woocommerce">',
    ),
    "bbPress, a topic": (
        "/community/lamps-of-the-harbour/",
        f'<main><h1>Lamps of the harbour</h1><p>5 March 2024 at 8:55 pm</p><div>{SENTENCES}</div></main>',
        '</head><body class="topic bbpress single">',
    ),
    "a shop of no known make": (
        "/lamps/harbour-lamp-20-watts-white",
        f'<main><h1>Harbour lamp</h1><div>{SENTENCES}</div><a href="/store">Shop now</a></main>',
        "",
    ),
    "a service": (
        "/areas/northern-district/",
        f'<main><h1>Bridge repairs in the northern district</h1><div>{SENTENCES}</div><a href="/quote">Get a free quote</a></main>',
        "",
    ),
    "a shop's home page, from a search": ("/?srsltid=Afm4711", f"<main><h1>Harbour lamps</h1><p>5 March 2024</p><div>{SENTENCES}</div></main>", ""),
    "a job": (
        "/jobs/ferry-engineer-4711",
        f"<main><h1>Ferry engineer</h1><p>Harbour Ferries</p><div>{SENTENCES}</div><a>Apply now</a></main>",
        '<script type="application/ld+json">{"@type": "JobPosting", "title": "Ferry engineer", "datePosted": "2026-06-01"}</script>',
    ),
    "a login": (
        "/2026/06/30/harbour-bridge.html",
        ('<main><h1>Log in</h1><form action="/login" method="post"><label>E-mail</label><input name="email"><label>Password</label><input type="password"><button>Log in</button></form>'
        "<p>Log in to read this article. You have no account yet? Register now, it is free and takes two minutes.</p></main>"),
        "",
    ),
    "an account": (
        "/profile/annhill",
        f"<main><h1>Ann Hill</h1><p>Member since March 2019.</p>{SENTENCES}</main>",
        "",
    ),
}  # fmt: skip
ARTICLES = {
    "WordPress": (
        "/2026/06/30/harbour-bridge/",
        f'<main><article class="post"><h1 class="entry-title">{TITLE}</h1><time class="entry-date published" datetime="2026-06-30T08:00:00+00:00">June 30, 2026</time>'
        f'<div class="entry-content">{SENTENCES}</div></article><section><h2>Related</h2>'
        + each('<article class="post-{n}"><h3><a href="/story-{n}/">{title}</a></h3><p>{lead}</p></article>') + "</section></main>",
        "",
    ),
    "Drupal": (
        "/node/4711",
        f'<main><h1 class="page-title">{TITLE}</h1><article class="node node--view-mode-full"><footer>By Ann Hill, 30 June 2026</footer><div class="field">{SENTENCES}</div></article></main>',
        "",
    ),
    "Ghost": (
        "/harbour-bridge/",
        f'<main><article class="gh-article post"><h1>{TITLE}</h1><time datetime="2026-06-30">Jun 30, 2026</time><section class="gh-content">{SENTENCES}</section></article></main>',
        '<meta property="og:type" content="article">',
    ),
    "Squarespace": (
        "/journal/harbour-bridge",
        f'<main><article class="hentry"><h1 class="entry-title">{TITLE}</h1><time class="dt-published" datetime="2026-06-30">Jun 30</time><div class="sqs-layout">{SENTENCES}</div></article></main>',
        '<meta name="generator" content="Squarespace">',
    ),
    "Shopify, with a product": (
        "/blogs/journal/harbour-bridge",
        f'<main><article><h1>{TITLE}</h1><time datetime="2026-06-30T08:00:00Z">June 30, 2026</time><div class="rte">{SENTENCES}</div></article><button><span>Add to cart</span></button></main>',
        '<meta property="og:type" content="article">',
    ),
    "of a shop that dates nothing": (
        "/blog/harbour-bridge/",
        f'<main><h1>{TITLE}</h1><div>{SENTENCES}</div><a href="/store">Shop now</a></main>',
        "",
    ),
    "whose comments are longer than it": (
        "/2026/06/harbour-bridge.html",
        f'<main><h1>{TITLE}</h1><div class="entry-content">{SENTENCES}</div></main><section>' + "".join(f'<div class="comment"><p>{lead}{SAID * 4}</p></div>' for _, lead in STORIES) + "</section>",
        "",
    ),
    "whose text only members read": (
        "/2026/06/30/harbour-bridge/",
        f'<main><article><h1>{TITLE}</h1><div><p>{TEXT[-1]}</p><div>'
        + "".join(f'<{tag}><a href="/2026/06/30/story-{tag}/">{title}</a></{tag}>' for tag, (title, _) in zip(("h3", "h4", "p", "section", "h5", "div"), STORIES, strict=False)) + "</div></div></article></main>",
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{TITLE}", "datePublished": "2026-06-30"}}</script>',
    ),
    "with a job beside it": (
        "/2026/06/30/harbour-bridge",
        f'<main><article><h1>{TITLE}</h1><div class="entry-content">{SENTENCES}</div></article></main>',
        f'<script type="application/ld+json">[{{"@type": "NewsArticle", "headline": "{TITLE}", "datePublished": "2026-06-30"}}, {{"@type": "JobPosting", "title": "Editor"}}]</script>',
    ),
    "a live blog": (
        "/live/2026/06/30/bridge",
        f"<main><h1>{TITLE}</h1>" + each('<article class="live-post"><time datetime="2026-06-30T{n}:00:00Z">{n}:00</time><h2>{title}</h2><p>{lead}</p></article>', SAID) + "</main>",
        f'<script type="application/ld+json">{{"@type": "LiveBlogPosting", "headline": "{TITLE}", "datePublished": "2026-06-30T08:00:00Z"}}</script>',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_lists_shops_jobs_logins_and_accounts_are_no_articles(name):
    path, body, head = LISTS[name]
    with pytest.raises((NotArticle, Walled)):
        read(
            western(HEADER + body, head, title=f"{name.partition(', ')[2] or name} | The Daily Harbour"),
            f"https://news.example{path}",
        )


@pytest.mark.parametrize("name", ARTICLES)
def test_articles_of_the_same_systems_are_kept(name):
    path, body, head = ARTICLES[name]
    article = read(western(HEADER + body, head), f"https://news.example{path}")
    assert article["headline"] == TITLE
    assert (STORIES[0][1] if "live" in name else TEXT[-1]) in article["body_text"]


DIGEST = each('<li><a href="/2026/06/30/story-{n}/">{title}</a>. {lead}</li>')
"""Items that are links for the most part, more than teasers in what they say."""
STATED = '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-06-30T05:00:00Z">'


def test_a_digest_whose_items_lead_to_other_articles_is_an_article_where_the_page_states_one():
    inside = f"{HEADER}<main><article><h1>{TITLE}</h1><ul>{DIGEST}</ul></article></main>"
    article = read(western(inside, STATED), "https://news.example/briefing/2026-06-30")
    assert all(lead in article["body_text"] for _, lead in STORIES)


def test_the_same_items_without_a_text_of_their_own_are_a_list_whatever_the_page_states():
    links = each('<div class="brief"><h3><a href="/2026/06/30/story-{n}/">{title}</a></h3></div>')
    with pytest.raises(NotArticle):
        read(
            western(f"{HEADER}<main><h1>Morning briefing</h1><div>{links}</div></main>", STATED),
            "https://news.example/briefing/2026-06-30",
        )


@pytest.mark.parametrize(("lines", "stays"), [(2, True), (1, False)])
def test_a_text_above_a_heading_stays_where_another_reader_has_most_of_it_as_text(lines, stays):
    above = "".join(f"<p>{lead}{SAID}</p>" for _, lead in STORIES[:lines])
    body = f'<div class="entry-content">{above}<h2>{TITLE}</h2>{SENTENCES}{"".join(f"<p>{line} It said so in June.</p>" for line in TEXT)}</div>'
    article = read(western(f"{HEADER}<main>{body}</main>", STATED), URL)
    assert (STORIES[0][1] in article["body_text"]) is stays


def test_an_element_with_a_line_of_its_own_is_not_above_the_headline_that_it_holds():
    beside = "".join(f"<p>{lead}{SAID}</p>" for _, lead in STORIES[:3])
    inside = f"<main><article><h1>{TITLE}</h1>30 June 2026<div>{SENTENCES}</div></article><section>{beside}</section></main>"
    assert TEXT[-1] in read(western(HEADER + inside), URL)["body_text"]


BOXES = "".join(f"<div><h2>{title}</h2><p>{lead}{SAID}</p></div>" for title, lead in STORIES)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (f"<p>5 March 2024</p>{BOXES}", "/maintenance/"),
        (f"<div>{SENTENCES * 3}</div>", "/maintenance/"),
        (BOXES, "/blog/harbour-maintenance/"),
        (BOXES, "/harbour-maintenance-for-small-towns/"),
    ],
    ids=["date", "prose", "section", "address"],
)
def test_a_text_with_something_of_an_article_is_one(body, path):
    made = western(f"<main><h1>{TITLE}</h1>{body}</main>")
    assert read(made, f"https://harbour.example{path}")["headline"] == TITLE


def test_a_site_s_page_on_itself_is_no_article():
    with pytest.raises(NotArticle, match="names no writer"):
        read(western(f"<main><h1>{TITLE}</h1>{BOXES}</main>"), "https://harbour.example/maintenance/")


def test_documentation_that_states_its_last_change_is_no_article():
    inside = western(f"<main><h1>{TITLE}</h1>{SENTENCES}<p>Last modified 5 March 2024</p></main>")
    with pytest.raises(NotArticle, match="is documentation"):
        read(inside, "https://harbour.example/docs/pumps/")


@pytest.mark.parametrize(("name", "refused"), [(TITLE, True), ("A year of the Daily Harbour", False)])
def test_a_product_is_what_the_page_is_called_after(name, refused):
    record = f'<script type="application/ld+json">{{"@type":"Product","name":"{name}"}}</script><meta property="og:type" content="article">'
    made = western(f"<main><h1>{TITLE}</h1><p>5 March 2024</p>{SENTENCES}</main>", record)
    if refused:
        with pytest.raises(NotArticle, match="Product"):
            read(made, URL)
    else:
        assert read(made, URL)["headline"] == TITLE
