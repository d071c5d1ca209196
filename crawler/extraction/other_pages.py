"""What a page is instead of an article, by its address, its title and what it states: a list, a thread, an account, a shop."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import SplitResult, urlsplit

from crawler.extraction.document import Document, type_name
from crawler.extraction.page_words import (
    BASKET,
    CONSENT_ADDRESS,
    CONSENTS,
    FORMS,
    RESULTS,
    fold_phrase,
    names_form,
)
from crawler.extraction.stated_times import names_publication
from crawler.extraction.titles import PARTS, fold_title

HOME = re.compile(r"/?(?:[a-z]{2}(?:[-_][a-z]{2,4})?/)?(?:(?:index|default|home)\.\w{3,5})?", re.IGNORECASE)
"""Path of a home page, or of that of an edition (``/es/``)."""
TRACKED = re.compile(r"(?:(?:srsltid|utm_\w+|[fg]clid|gad_\w+|msclkid|mc_[ce]id)=[^&]*(?:&|$))+")
"""A query that tells no page from another."""
OTHER_TYPE = re.compile(
    r"(?:CollectionPage|SearchResultsPage|ProfilePage|QAPage|FAQPage|Question|Product|ProductGroup|ItemPage|AboutPage|ContactPage|CheckoutPage|JobPosting|SoftwareSourceCode)$"
)
"""Schema.org types of pages that are something else."""
LISTS = frozenset(("CollectionPage", "SearchResultsPage", "ProfilePage"))
"""Those of them that say more than an ``og:type`` of ``article``, which some programs give their lists as well."""
OTHER_OPEN_GRAPH = re.compile(
    r"(?:product|profile|books?|business|restaurant|place|game)(?:$|[.:])", re.IGNORECASE
)
"""Open Graph types of pages that are something else."""
QUESTIONS = frozenset(("QAPage", "Question", "ProfilePage", "SearchResultsPage"))
ARTICLE_TYPE = re.compile(r"Article|(?<!Forum)(?<!Job)Posting|Report|Review", re.IGNORECASE)
CART_WORDS = (
    "加入购物车",
    "加入購物車",
    "カートに入れる",
    "장바구니 담기",
    "Add to cart",
    "Add to Cart",
    "Add to Bag",
)
CART = re.compile(rf">\s*(?:{'|'.join(CART_WORDS)})\s*<")
"""A button of a shop."""
OFFER = re.compile(
    r">\s*(?:Shop (?:now|all)|View (?:my |your )?(?:cart|bag|basket)|Track (?:my |your )?order|Find a store|Order now|(?:(?:Get|Request) )?(?:(?:an?|your|my) )?(?:free |instant |online )?(?:quote|estimate)(?: now| today)?"
    r"|(?:Schedule|Book) (?:an? |your )?(?:service|estimate|inspection)|Add to wishlist)\s*<",
    re.IGNORECASE,
)
"""A button of who sells goods or services, besides those of a shop (`BASKET`)."""
SEARCH = re.compile(r"(?:s|q|query|search|keywords?)=")
"""How the query of a search begins."""
LIST_PATH = re.compile(
    r"/(?:search|tags?|topics?|authors?|users?|u|people|category|categories|channels?|columns?|lists?|archives?|feed|hot|rank(?:ing)?|label|profile|member|account|about\w*|(?:about|contact)-(?:us|me)|contact|login|register|privacy(?:-policy)?|terms(?:-of-(?:use|service))?|legal|imprint|impressum|datenschutz|cookies?(?:-policy)?|disclaimer|agreement|faq|help|newsletters?)(?:/[^/]*){0,2}/?$|/(?:products?|services|solutions|collections?|shop|browse|genres?|pricing|coupons|calculators?)(?:/[^/]*)?/?$|/(?:articles|news|blogs|posts|entries|stories|nachrichten|noticias?|notizie|actualites?|nieuws|nyheter|nyheder|uutiset|haberler|berita|aktualnosci|zpravy|hirek|stiri|novosti|vijesti|tin-tuc)/?$",
    re.IGNORECASE,
)
THREAD = re.compile(
    r"/thread/\d|/(?:showthread|viewtopic|viewthread|printthread|forumdisplay)\.php|/threads/|/forums?/.{0,300}(?:topic|thread)|[?&]topic=\d|/t/[\w-]+/\d+(?:/\d+)?/?\?"
    r"|[?&]mod=(?:viewthread|forumdisplay)|/(?:thread|forum)-\d+-\d+|/read(?:-htm-tid-\d|\.php\?tid=)|/groups?/(?:topic|thread)s?/\d|/bbs/\w+/M\.\d|/read\.cgi/|/\w+forums?/content/|/bbs_?view\.php|/zboard\.php|[?&]bo_table=(?:free|qa|qna|talk|community|humor)(?:&|$)|/topicdetail\.php|/article_t/\w+/\d|/discussions?/(?:topic/|forum/|\d)|^/discussions/[\w-]+/[\w-]+|/[\w-]{1,60}-forum/"
    r"|/t/\d+/[\w-]+/?\?|/topic_show\.pl|/community/topic/|/index\.php\?/?(?:forums?|topic)/|/(?:view)?forum\.php|/forums?/?\??$|/forums?/[^/]{1,80}-[ft]\d+\.html|/forums?/.{0,200}/(?:page|seite|pagina)/\d",
    re.IGNORECASE,
)
"""Address of a forum's thread, as phpBB, vBulletin, XenForo, Simple Machines, Discourse, Invision, Discuz, PHPWind and the
large boards of East Asia make them."""
WESTERN_BOARD = re.compile(r"^(?:forums?|boards?|bbs|foros?)\.[^.]+\.")
"""Host of a forum, on other pages."""
PAGED = re.compile(r"/(?:page|pagina|seite|strana|sivu|pag)/\d{1,4}/?$", re.IGNORECASE)
"""How the address of a list's later page ends, as WordPress and others make it ..."""
PAGE_QUERY = re.compile(r"(?:^|&)(?:page|paged|start|offset|limitstart|PAGEN_\d)=\d")
"""... and how its query says so."""
LONGEST_PHRASE = 60  # characters of a headline that names a form or a notice
INDEX = re.compile(r"/?(?:index|default)\.\w{3,5}$")
BOARD_HOST = re.compile(r"(?:^|\.)(?:bbs\d?|forums?|tieba|club|luntan|comments?)\.")
"""Host of a forum or of comments, on pages in Chinese, Japanese and Korean."""
REFERENCE_HOST = re.compile(
    r"(?:^|\.)(?:baike|wiki|dict|cidian|zidian|docs?|developers?|learn|help|faq|manual)\."
)
"""Host of an encyclopedia, a dictionary or documentation, whose pages state when they were edited last, on pages in Chinese,
Japanese and Korean."""
PORTAL = re.compile(r"portal\.php|/(?:article|news|portal)[/-]")
"""Address of an article that a forum's program shows."""
PAGE_TAG = re.compile(r"<(?:html|body)\b[^<>]*", re.IGNORECASE)
"""The tag on which programs write what kind of page they made."""
MADE_AS = (
    ("a product's page", re.compile(r"(?<![\w-])(?:single-product|product-template-default|template-product|catalog-product-view|product-product-\d+|page-node-type-product)(?![\w-])")),
    ("a list of products", re.compile(r"(?<![\w-])(?:catalog-category-view|tax-product_cat|post-type-archive-product|template-collection|mz-category)(?![\w-])")),
    ("a thread of a forum", re.compile(r"(?<![\w-])(?:bbpress|wpforo|template-(?:thread|forum)_view|twig_page-topic)(?![\w-])")),
    ("an offer of a service, a job or an event", re.compile(r"(?<![\w-])single-(?:(?:\w+-)?services?|job_listing|tribe_events|areas?_we_serve)(?![\w-])")),
)  # fmt: skip
"""Kinds of pages, as WooCommerce, Shopify, Magento, OpenCart, Drupal, bbPress, wpForo, XenForo, inSided and WordPress call them."""
FORUM_MARK = re.compile(
    r"phpbb|vbulletin|xenforo|discourse|simple ?machines|invision community|vanilla forums|nodebb|flarum|mybb|phpwind",
    re.IGNORECASE,
)
QUESTION_PATH = re.compile(
    r"/(?:questions?|wenda|qna|ask)/\d|/answers?/\w{0,40}\d|[?&](?:dirId|docId)=.*[?&](?:docId|dirId)=",
    re.IGNORECASE,
)
OTHER_TITLE = re.compile(
    r"直播[间間]|搜索结果|搜索結果|搜尋結果|検索結果|검색\s?결과|[_–-]\s?(?:\w{2,4})?(?:搜索|search)$|^我的首[页頁]|^(?:网友|全部|最新|热门)[评評][论論]\s?[:：]|评论列表$|評論列表$|的微博(?:_|$)|の新着(?:記事|情報|一覧)?(?:$|[\s|｜_–-])|[个個]人(?:主[页頁]|[资資]料)|[购購]物[车車]",
    re.IGNORECASE,
)
"""What titles of rooms, results, accounts and carts say."""
FORM = re.compile(
    r"\W*+(?:会员|用户|账号|會員|ユーザー|新規|会員|マイページ|회원)*\s*(?:登[录錄入陆]|注册|註冊|登録|ログイン|로그인|가입|log ?in|sign ?(?:in|up)|register|registration)\W*",
    re.IGNORECASE,
)
"""Headline of a form to log in or to register."""
CONSENT = re.compile(
    r"\W*(?:before you continue|we (?:value|respect|care about) your (?:privacy|data)|(?:your )?privacy (?:choices|settings|preferences)|(?:cookie|consent)s? (?:consent|settings|preferences|notice))\W*",
    re.IGNORECASE,
)
"""Headline of a question for consent, in the place of the page."""
SECTION = re.compile(
    r".{0,8}(?:[资資][讯訊]|信息披露|新[闻聞]|[动動][态態]|列表|公告|要[闻聞]|通知|[频頻]道|一覧|新着記事|お知らせ|뉴스|목록|공지사항)"
)
"""Headline of a section's page, at an address without a number."""
TERMS = re.compile(
    r"(?!.*(?:[签簽订訂达達与與违違]|(?<!最)[终終]))"  # a contract between others: 三家公司签署服务协议
    r".{0,12}(?:用[户戶]|服[务務]|使用|注册|註冊|[会會][员員]|隐私|隱私|[许許]可|授[权權]|[购購][买買]|平[台臺]|[软軟][件體]|法律|[网網]站|[论論][坛壇]|社[区區])(?:协议|協議|条款|條款)"
    r"|.{0,12}(?:隐私(?:政策|声明)|隱私權?(?:保護)?(?:政策|聲明)|利用規約|プライバシーポリシー|이용약관|개인정보\s?처리방침)"
    r"|.{0,6}(?:個人情報(?:保護方針|の(?:お?取り?扱い|保護)(?:について)?)|特定商取引法に基づく表[記示]|サイトポリシー|免責事項|会社概要|会社案内|企業情報|広告掲載(?:について|のご案内)?|청소년\s?보호\s?정책|(?:기자)?윤리강령|저작권\s?(?:정책|규약|안내)|회사\s?소개|광고\s?(?:안내|문의)"
    r"|公司[简簡]介|[关關][于於]我[们們]|[联聯][系繫絡]我[们們]|[广廣]告(?:刊登|服[务務])|免[责責][声聲]明|版[权權][声聲]明)"
)
"""Headline of a site's terms, or of what it says of itself."""
REFERENCE = re.compile(
    r"^(?:docs?|developers?|help|support|kf|faq|wiki|manual)\.|/(?:docs?|help|faqs?|manual|wiki|support|reference)/"
)
"""Address of documentation and help, which state no time."""
DOCUMENTS = re.compile(r"^docs?\.|/docs?/")
"""Address of documentation, which may state when it changed."""
GENERATOR = re.compile(
    r"docusaurus|sphinx|mkdocs|gitbook|vuepress|vitepress|mdbook|docfx|doxygen|javadoc|asciidoctor",
    re.IGNORECASE,
)
"""Programs that make documentation."""
WATCH = re.compile(r"/watch(?:\?v=|/[a-z]{2}\d)|/v_show/|/video/(?:av|bv)\w", re.IGNORECASE)
"""Address of a page of a video platform, as several make it."""
ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/\w+/")
ACCOUNT_PATH = re.compile(
    r"/(?:u|users?|profiles?|members?|accounts?|people)/[^/]+/?$|^/(?:by|byline|contributors?|columnists?|journalists?|reporters?|writers?|authors?|staff)/[a-z]+(?:[-_.][a-z]+){0,2}/?$|/(?:tags?|space|authors?)/\d+(?:\.s?html?)?/?$|/(?:comments|reviews)/?$",
    re.IGNORECASE,
)
"""Address of an account, or of what a site has under a tag or by an author, by a number."""
ARTICLE_PATH = re.compile(r"\d{5,}|/20\d\d[/-]?\d\d|\w-\w++-\w++-\w|\d[\w-]{0,60}\.s?html?$|[?&]\w*id=\d")
ARTICLES_PATH = re.compile(
    r"/(?:blogs?|news|articles?|artikel|artigos?|stor(?:y|ies)|posts?|press|magazine?|journal|nachrichten|noticias?|actualites?)/[\w%-]{5,}",
    re.IGNORECASE,
)
"""A page below a section of articles."""


def states_article(document: Document) -> bool:
    """Whether the page's metadata call it an article, or an address of this form is one elsewhere."""
    kinds = f"{document.meta.get('og:type', '')} {type_name(document.linked_data)}".lower()
    return "article" in kinds or "posting" in kinds or bool(document.meta.get("article:published_time"))


def states_publication(document: Document) -> bool:
    """Whether the page's record is an article's, or a meta tag states when it was published: some programs call all pages
    articles in ``og:type``."""
    return ARTICLE_TYPE.search(type_name(document.linked_data)) is not None or names_publication(document)


def is_about_product(document: Document) -> bool:
    """Whether the page has a record of a product by whose name it is called: a newspaper's subscription is one, too."""
    title = fold_title(document.title)
    names = (
        fold_title(str(record.get("name") or ""))
        for record in document.linked_objects
        if type_name(record) in ("Product", "ProductGroup")
    )
    return any(len(name) > 2 and name in title for name in names)


def offers(document: Document) -> bool:
    """Whether a page has a button of who sells goods or services."""
    return OFFER.search(document.html) is not None or BASKET.search(document.html) is not None


def sells(document: Document) -> bool:
    """Whether a page has a button of a shop, in whatever language, and states no article."""
    return not states_article(document) and BASKET.search(document.html) is not None


def states_record(document: Document) -> bool:
    """Whether the page has a schema.org record of an article, in JSON-LD or microdata, or a meta tag of its publication or its writer."""
    kinds = (*map(type_name, document.linked_objects), *document.item_types)
    is_named = "article:author" in document.meta or "author" in document.meta or names_publication(document)
    return is_named or any(map(ARTICLE_TYPE.search, kinds))


def is_documentation(document: Document) -> bool:
    """Whether a page is documentation by its address, or by the program that made it."""
    parts = urlsplit(document.url)
    made = GENERATOR.match(document.meta.get("generator", "")) and "/blog/" not in parts.path
    return bool(made or DOCUMENTS.search(f"{parts.netloc}{parts.path}"))


def is_list_path(url: str) -> bool:
    """Whether an address is that of a list or an account, and has nothing of an article's."""
    parts = urlsplit(ARCHIVED.sub("", url))
    is_article_path = ARTICLE_PATH.search(f"{parts.path}?{parts.query}") is not None
    return LIST_PATH.search(parts.path) is not None and not is_article_path


def is_later_page(parts: SplitResult) -> bool:
    """Whether an address is that of a list's second or later page: an article's have a title or a number in front of it."""
    path = INDEX.sub("", parts.path)
    return PAGED.search(path) is not None or (
        PAGE_QUERY.search(parts.query) is not None
        and (path in ("", "/", "/blog") or LIST_PATH.search(path) is not None)
    )


def why_other_page(document: Document) -> str | None:
    """Why a page is of another kind, by its address and by what it states."""
    parts = urlsplit(ARCHIVED.sub("", document.url))
    if parts.netloc.endswith(".invalid"):  # a saved page whose address is not known
        return why_other_type(document)
    if HOME.fullmatch(parts.path) and not ARTICLE_TYPE.search(type_name(document.linked_data)):
        if not parts.query or TRACKED.fullmatch(parts.query):
            return f"is the home page of {parts.netloc}"
        if SEARCH.match(parts.query) and not states_article(document):
            return f"is a list of what was searched for on {parts.netloc}"
    if is_thread(document):
        return "is a thread of a forum"
    if document.is_cjk and REFERENCE_HOST.search(parts.netloc) and not states_article(document):
        return f"is an entry of a work of reference ({parts.netloc})"
    if WATCH.search(f"{parts.path}?{parts.query}"):
        return "is a video's page, by its address"
    if QUESTION_PATH.search(f"{parts.path}?{parts.query}") and not states_article(document):
        return f"is a question, by its address ({parts.path})"
    if CONSENT_ADDRESS.search(f"{parts.netloc}{parts.path}"):
        return "asks for consent to cookies instead of the article, by its address"
    if not (ARTICLE_PATH.search(parts.path) or states_publication(document)):
        if names_form(parts):
            return f"is a form, by its address ({parts.path})"
        if is_later_page(parts):
            return f"is a later page of a list, by its address ({parts.path})"
    if (is_list_path(document.url) or ACCOUNT_PATH.search(parts.path)) and not states_article(document):
        return f"is a list or account page, by its address ({parts.path})"
    return why_made_as(document) or why_other_type(document)


def why_other_heading(document: Document, headline: str) -> str | None:
    """Why a page is of another kind, by its title and headline."""
    if match := OTHER_TITLE.search(document.title) or OTHER_TITLE.search(headline):
        return f"is not an article, by its title ({match[0]})"
    folded = fold_phrase(headline) if len(headline) <= LONGEST_PHRASE else ""
    if FORM.fullmatch(headline) or (folded in FORMS and not states_publication(document)):
        return "is a form to log in, to register or to write to the site"
    if CONSENT.fullmatch(headline) or folded in CONSENTS:
        return "asks for consent to cookies instead of the article"
    if folded.startswith(RESULTS) and not states_article(document):
        return "is a list of what was searched for, by its headline"
    if TERMS.fullmatch(headline):
        return "is what the site says of itself or its terms, by its headline"
    if document.meta.get("medium") == "image":
        return "states that it is an image"
    parts = urlsplit(document.url)
    is_numbered = re.search(r"\d", parts.path + parts.query)
    return (
        "is a section's page"
        if any(map(SECTION.fullmatch, PARTS.split(headline)[:2])) and not is_numbered
        else None
    )


def is_thread(document: Document) -> bool:
    """Whether a page is a forum's thread, by its type, its address or the program that made it."""
    kind = type_name(document.linked_data)
    if ARTICLE_TYPE.search(kind):
        return False
    parts = urlsplit(document.url)
    if "ForumPosting" in kind or THREAD.search(f"{parts.path}?{parts.query}"):
        return True
    boards = BOARD_HOST if document.is_cjk else WESTERN_BOARD
    if boards.search(parts.netloc) and not PORTAL.search(document.url):
        return True
    page = document.root.xpath("string(//body/@id)")  # that of phpBB, which names itself nowhere else
    return FORUM_MARK.search(f"{document.meta.get('generator', '')} {page}") is not None


def why_made_as(document: Document) -> str | None:
    """Why a page is of another kind, by what the program that made it says on its outermost elements."""
    if ARTICLE_TYPE.search(type_name(document.linked_data)):
        return None
    tags = " ".join(match[0] for match in islice(PAGE_TAG.finditer(document.html), 2))
    return next((f"is {what}, by its program" for what, mark in MADE_AS if mark.search(tags)), None)


def why_other_type(document: Document) -> str | None:
    """Why a page is of another kind, by the schema.org types of its JSON-LD and microdata."""
    kinds = [type_name(record) for record in document.linked_objects]
    kinds += [itemtype.rstrip("/").rpartition("/")[2] for itemtype in document.item_types]
    other = next((kind for kind in kinds if OTHER_TYPE.search(kind)), None)
    open_graph = document.meta.get("og:type", "")
    articles = {kind for kind in kinds if ARTICLE_TYPE.search(kind)}
    if articles > {"Review"} or (articles and not OTHER_OPEN_GRAPH.match(open_graph)):
        return None  # what is for sale and where one eats has reviews as well
    if any("ForumPosting" in kind for kind in kinds):
        return "is a thread of a forum"
    # Many sites write og:type "article" on every page; an article may hold questions and answers.
    asked = next((kind for kind in kinds if kind in QUESTIONS), None) if "FAQPage" not in kinds else None
    listed = not document.meta.get("article:published_time") and any(
        type_name(record) in LISTS and "datePublished" not in record for record in document.linked_objects
    )
    sold = not states_record(document) and is_about_product(document)
    if states_article(document) and not (asked or listed or sold):
        return None
    if OTHER_OPEN_GRAPH.match(open_graph):
        return f"states that it is a {open_graph}"
    if other:
        return f"states that it is a {other}"
    if any(word in document.html for word in CART_WORDS) and CART.search(document.html):
        return "sells a product"
    return None
