"""Names that sites give to boilerplate, and to what holds an article's text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from crawler.extraction.document import names_of, text_of

# Elements that never hold an article's sentences.
BOILERPLATE_TAGS = ("nav", "footer", "button", "object", "embed", "canvas", "option", "input", "map", "style")
HIDDEN_NAME = re.compile(r"(?<!\S)hidden(?!\S)|visually-?hidden|sr-only|screen-reader-text")
HIDDEN_STYLE = re.compile(r"display *: *none|visibility *: *hidden")
# Names of boilerplate, as parts of class and id, in lower case: ignoring case takes four times as long.
BOILERPLATE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav\w{0,40}|menu|crumbs?|breadcrumbs?|foot(?:er)?(?!note)\w{0,40}|side(?:bar|rail)?\w{0,40}|(?:right|left)[-_]?(?:bar|rail|side)\w{0,40}|\w{0,40}rbar\w{0,40}|aside|rel(?:ated)?[-_]\w{0,40}|copyright|cprt|icp)(?:$|[\s_-])"
    r"|(?:^|[\s_-])(?:view|util|pop|tool|font|tts)[-_]?layer(?:$|[\s_-])|(?:^|[\s_-])util[-_](?:box|wrap|view|area)(?:$|[\s_-])|comment|gentie|pinglun|tie-|relat(?!ive)|recom|tuijian|xiangguan|xgxw|hotnews|hot[-_]?(?:news|list|rank|tag)|rank(?:ing)?[-_]|share|qrcode|qr_|ewm|erweima|weixin-|wx_|toolbar|advert|(?:^|[\s_-])ads?(?:$|[\s_-])|adbox|guanggao|gg_|"
    r"login|popup|dialog|dashang|subscribe|feedback|report-box|jubao|statement|disclaimer|mianze|shengming|prevnext|pre-?next|pagination|"
    r"more-?news|-tj-|tj-?read|otherread|readmore-list|mod-tags?|keywords?-list|download-?app|appdown|reward|about[-_]?(?:au|author)\w{0,40}|author[-_]?(?:info|bio|card|box|intro|detail)s?(?:$|[\s_-])|page[-_]?tags?|newsletter|sign-?up|hash-?tags?(?:$|[\s_-])|(?:article|post|news)[-_]?tags?(?:$|[\s_-])|(?:^|[\s_-])modal(?:$|[\s_-])|amazlet|kaereba|yomereba|sohucs|changyan|disqus|livere|jiathis|bdshare|bshare|promot|(?:^|[\s_-])(?:self-)?promo(?:$|[\s_-])|(?:^|[\s_-])tip(?:$|[\s_-])"
)
POST_CLASS = re.compile(r"(?<!\S)(?:hentry|status-publish)(?!\S)")
"""What WordPress calls an article among its classes, which hold its tags and columns as well, whatever these are called."""
FIELDS = frozenset(("text", "email", "tel", "search", ""))
"""Types of inputs into which a reader writes."""
LONGEST_FORM = 160  # characters that a form within a text says, at most
# What content management systems and larger sites call the element that holds the article's text.
BODY_NAMES = frozenset((
    "art_body", "art_con", "art_content", "art_contextbox", "art_main", "artcon", "artibody", "artical-content", "artical_real", "articalcont",
    "articalcontent", "article-body", "article-body__content", "article-con", "article-cont", "article-content", "article-content-rawhtml",
    "article-detail", "article-detail-content", "article-editor", "article-main", "article-text", "article__bd__detail", "article__body",
    "article__content", "article__text", "article_body", "article_con", "article_content", "article_content_wrap", "article_detail", "article_inbox",
    "article_txt", "article_w", "articleall", "articlebody", "articlebox", "articlecon", "articlecontent", "articlecontentbox",
    "articledetailcontent", "articlep", "articletext", "articletxt", "arttext", "body-copy", "box_con", "c-article-body", "caas-body",
    "chan_newsdetail", "cnt-main-article-qq", "con_text", "cont-article", "cont_detail", "container-article", "content-article", "content-bd",
    "content-imfomation", "content-text", "content_area", "content_div", "content_info", "content_text", "content_views", "contentbody",
    "contentbox", "contentmain", "contentstr", "contenttext", "contenttxt", "conttxt", "ctrlfscont", "custom_unionstyle", "detail-body",
    "detail-content", "detail_content", "detailcont", "detailcontent", "details_page_content", "display-content", "doccontent", "endtext",
    "entry-content", "entry__content", "field-items", "finedining", "fontzoom", "g-articl-text", "gb_article_body", "icontent", "itemfulltext",
    "js-article__body", "js_content", "kg-card-markdown", "l-container__content", "la_con", "left_zw", "lph-article-comview", "m-txt", "main-content", "main_article",
    "main_con_zw", "main_content", "main_content_val", "main_text", "maincon", "maincontent", "markdown-body", "mid2l_con", "news-body", "news-con",
    "news-content", "news-detail", "news_body", "news_content", "news_info", "news_show_conter", "news_text", "news_txt", "news_warp_center",
    "newsbody", "newscontainer", "newscontent", "newsd_main_txt_p", "newsdatetext", "newsdetail", "newstext", "ozoom", "p-detail", "p_content",
    "page_text", "pagecontent", "pages_content", "post-body", "post-content", "post-entry", "post-full-content", "post-richtext", "post__content",
    "post_body", "post_content", "post_text", "postbody", "qmt_content_div", "read-article-holder", "rich-text", "rich_media_content", "rich_text",
    "rm_txt_con", "rwb_zw", "show_text", "single-content", "story-body", "story-body__inner", "story-content", "story__content",
    "story_body_content", "storybody", "t_f", "td-post-content", "tempnewscontentdiv", "text-content", "text_con", "text_content", "textcontent",
    "tpk_text", "trs_editor", "txt_con", "u-maintext", "ucap-content", "v_news_content", "view-content", "vsb_content", "wp_articlecontent", "wsw",
    "wy_contmain", "xl_content", "xwzw", "zhengw", "zn-body-text", "zoom", "zoomcon", "ztext", "zw_content",
))  # fmt: skip


def is_hidden(element: Any) -> bool:
    """Whether an element's attributes hide it."""
    return (
        ((name := element.get("class")) is not None and names_hidden(name))
        or ((style := element.get("style")) is not None and HIDDEN_STYLE.search(style) is not None)
        or element.get("hidden") is not None
    )


@lru_cache(maxsize=4096)
def names_hidden(name: str) -> bool:
    """Whether a class hides what has it. Remembered: a page has few and many elements of each."""
    return HIDDEN_NAME.search(name) is not None


def is_boilerplate(element: Any) -> bool:
    """Whether class or id names boilerplate."""
    name = names_of(element)
    return len(name) > 1 and names_boilerplate(name)


@lru_cache(maxsize=4096)
def names_boilerplate(name: str) -> bool:
    """Whether *name* is one of boilerplate. Remembered: a page has few names and many elements."""
    return BOILERPLATE_NAME.search(name.lower()) is not None and POST_CLASS.search(name) is None


@lru_cache(maxsize=4096)
def names_body(name: str) -> bool:
    """Whether one of the classes *name* is that of a text. Remembered, as above."""
    return not BODY_NAMES.isdisjoint(name.lower().split())


def find_forms(root: Any) -> list[Any]:
    """The outermost elements round fields to write into that say no more than a form does, such as one to order a newsletter."""
    outermost: dict[Any, Any] = {}  # of elements that were looked at; None: more than a form
    for field in root.iter("input"):
        above = field.getparent() if (field.get("type") or "").lower() in FIELDS else None
        inside = []
        while above is not None and above not in outermost and says_little(above):
            inside.append(above)
            above = above.getparent()
        form = outermost.setdefault(above, None)
        if form is None and inside:
            form = inside[-1]
        outermost.update(dict.fromkeys(inside, form))
    return [form for form in dict.fromkeys(outermost.values()) if form is not None]


def says_little(element: Any) -> bool:
    """Whether an element has no more text than a form."""
    text = text_of(element)
    return len(text) <= LONGEST_FORM and text.count("。") < 2
