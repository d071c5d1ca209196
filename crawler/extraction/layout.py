"""A page's text in blocks, each weighed: sentences count for the article, link lists and furniture against it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from lxml import etree

from crawler.extraction.published import SHORT, STAMP

INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr", "o:p",
))  # fmt: skip
# Elements that never hold an article's sentences.
FURNITURE_TAGS: Any = etree.XPath(
    "//nav | //footer | //button | //object | //embed | //canvas | //option | //input | //map | //head/style"
)
HIDDEN: Any = etree.XPath(
    "//*[@style][contains(translate(@style, ' ', ''), 'display:none') or contains(translate(@style, ' ', ''), 'visibility:hidden')]"
    " | //*[@hidden]"
)
# Names of what stands round an article, as parts of class and id.
FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu|crumbs?|breadcrumbs?|foot(?:er)?(?!note)\w*|side(?:bar|rail)?\w*|(?:right|left)[-_]?(?:bar|rail|side)\w*|\w*rbar\w*|aside|rel(?:ated)?[-_]\w*|copyright|cprt|icp)(?:$|[\s_-])"
    r"|comment|gentie|pinglun|tie-|relat(?!ive)|recom|tuijian|xiangguan|xgxw|hotnews|hot[-_]?(?:news|list|rank|tag)|rank(?:ing)?[-_]|share|qrcode|qr_|ewm|erweima|weixin-|wx_|toolbar|advert|(?:^|[\s_-])ads?(?:$|[\s_-])|adbox|guanggao|gg_|"
    r"login|popup|dialog|dashang|subscribe|feedback|report-box|jubao|statement|disclaimer|mianze|shengming|prevnext|pre-?next|pagination|"
    r"more-?news|-tj-|tj-?read|otherread|readmore-list|mod-tags?|keywords?-list|download-?app|appdown|reward|about[-_]?(?:au|author)\w*|author[-_]?(?:info|bio|card|box|intro|detail)s?(?:$|[\s_-])|page[-_]?tags?|newsletter|sign-?up|hash-?tags?(?:$|[\s_-])|(?:article|post|news)[-_]?tags?(?:$|[\s_-])|jiathis|bdshare|bshare|promot|(?:^|[\s_-])(?:self-)?promo(?:$|[\s_-])|(?:^|[\s_-])tip(?:$|[\s_-])",
    re.IGNORECASE,
)
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
MARKS = re.compile(r"[，。；：！？、“”]|[,.;!?](?=\s|$)")
# Sentences that stand round articles on many sites.
BOILERPLATE = re.compile(
    r"ICP备|ICP證|ICP证|公网安备|公安备案|版权所有|著作權所有|All Rights Reserved|Copyright|违法和不良信息|不良信息举报|许可证[：:号]"
    r"|免责声明|郑重声明|版权声明|特别声明|转载请|未经(?:书面)?(?:授权|许可|允许)|本网站?(?:所|刊)|扫[一描].{0,6}二维码|客户端下载|下载.{0,6}(?:客户端|APP)"
    r"|网友评论|发表评论|条评论|跟[帖贴]|登录|注册|上一篇|下一篇|相关(?:阅读|新闻|推荐|文章|报道)|猜你喜欢|热门推荐|为您推荐|广告|举报|责任编辑|责编|编辑[：:]"
    r"|技术支持|联系我们|关于我们|服务条款|隐私|浏览器",
    re.IGNORECASE,
)
# The line under a headline: a whole date with a clock or with a label beside it.
TIME_LINE = re.compile(
    r"^\W*(?:(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*(?:\d{1,2}:\d\d|来源|來源|作者|记者|[|｜]|$)|(?:发布|发表|更新|时间|時間|日期|来源|來源|作者)[^。]{0,16}(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2})"
    r"|(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*(?:\d{1,2}:\d\d(?::\d\d)?)?.{0,12}(?:来源|來源|作者|编辑|点击|浏览|阅读|字号)"
)
DAY = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
META_LABEL = re.compile(
    r"(来源|來源|稿源|作者|编辑|編輯|责编|时间|時間|日期|点击|點擊|浏览|阅读|閱讀|字数|字号|字體|字体|评论|發布|发布|发表|记者|摄影|审核|校对|分享|打印|收藏|人气|查看)(?:数|量|次数|者|人|于)?\s*[:：|｜]"
)
TEASER = 80  # characters of other articles that a list shows of each, at most
CLOCKED = re.compile(
    r"\s*(?:(?:\d{1,2}[-/月])?\d{1,2}日?\s+)?\d{1,2}:\d{2}\s*$|\s*\d{1,2}[-/月]\d{1,2}日?\s*$"
)
BY = re.compile(r"\s*[Bb][Yy]\s+[A-Z][\w.’'-]+(?:\s+[A-Z][\w.’'-]+)+(?:\s*(?:,|and|&|\||·).*)?\s*$")
COUNTER = re.compile(
    r"\W*(?:本文|全文|选择)?(?:字数|阅读(?:完需|时长|时间)?|浏览|点击|评论|人气|查看|字号|字体)(?:数|量|次数)?\s*[:：]"
)
EDITOR = re.compile(r"\s*[（(【\[]?\s*(?:责任编辑|責任編輯|责编)\s*[:：|｜]")
END = re.compile(
    r"\s*(?:(?:上一篇|下一篇|上一条|下一条|前一篇|上篇|下篇)\s*[:：].{0,70}|(?:我要|发表|网友|最新|最热|热门|全部)?评论\s*[（(]?\s*\d*\s*[）)]?|\d+\s*条评论.{0,14}|分享(?:到|至)\s*[:：]?.{0,24}|.{0,40}收藏\s*分享\s*[:：]?)\s*",
    re.DOTALL,
)
"""Lines behind articles: neighbours, comments, sharing."""
RELATED = re.compile(
    r"[【\[《]?\s*(?:(?:您|你)(?:可能|也许)?(?:还|也|会)*(?:感兴趣|喜欢)的?(?:文章|内容|新闻)?|(?:APP)?(?:精彩|相关|相關|热门|熱門|推荐|推薦|延伸|更多|往期|编辑|編輯|今日|猜你|为您|为你|大家|其他|最新|本周|24小时)(?:\s*·\s*)?"
    r"(?:内容|文章|新闻|新聞|阅读|閱讀|资讯|報導|报道|推荐|推薦|专题|点阅|點閱|喜欢|都在看|还看了|图集|视频|精彩|热点|排行|评论|話題|话题|回顾|热文|必读|搜索|链接)+|相关(?:链接|阅读)|猜你喜欢|热点图片|阅读排行|点击排行|排行榜|看更多)\s*[】\]》]?\s*[:：>＞»+＋]{0,3}(?:更多)?"
)
"""Headings of lists of other articles."""


def letters(text: str) -> int:
    """How many characters of *text* are no white space."""
    return sum(map(len, text.split()))


class Layout:
    """Blocks of a page in reading order. ``value`` of an element sums what its blocks are worth as article text."""

    def __init__(self, root: Any):
        self.root = root
        self.lead_image = next(
            (file_of(tag.get("content")) for tag in root.iter("meta") if tag.get("property") == "og:image"),
            "",
        )
        """Name of the picture that the page calls the article's, empty where it calls none."""
        for element in FURNITURE_TAGS(root):
            remove(element)
        everything = letters("".join(root.itertext()))
        for element in HIDDEN(root):
            # A text may be hidden until a script shows it; then it is most of the page.
            if element.getparent() is not None and letters("".join(element.itertext())) * 5 < everything:
                remove(element)
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
        self.named: list[Any] = []
        """Elements whose class or id is one of `BODY_NAMES`, or says so in schema.org's words."""
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
            size = letters(text)
            if not size:
                return
            if block not in plain:
                plain[block] = linked[block] = marks[block] = 0
            if is_link:
                linked[block] += size
            else:
                plain[block] += size
                marks[block] += len(MARKS.findall(text))

        for n, element in enumerate(self.root.iter()):
            order[element] = n
            parent = element.getparent()
            above, in_link = block_of[parent]
            tag = element.tag
            block_of[element] = here = (above if tag in INLINE else element, in_link or tag == "a")
            if element.text and tag != "title":
                add(element.text, *here)
            if element.tail:
                add(element.tail, above, in_link)
            if (
                ((name := element.get("class")) and not BODY_NAMES.isdisjoint(name.lower().split()))
                or ((name := element.get("id")) and name.lower() in BODY_NAMES)
                or element.get("itemprop") == "articleBody"
            ):
                self.named.append(element)
        self.blocks = sorted(plain, key=order.__getitem__)

    def _find_related(self) -> None:
        """A heading of other articles makes the element that it begins a list of them."""
        everything = sum(self.plain.values())
        for block in self.blocks:
            if self.plain[block] + self.linked[block] > 16 or not RELATED.fullmatch(own_text(block).strip()):
                continue
            holder, begins = block, letters(own_text(block))
            while (
                (parent := holder.getparent()) is not None
                and parent is not self.root
                and parent.tag != "body"
            ):
                text = "".join("".join(parent.itertext()).split())
                if len(text) > 0.4 * everything + 60 or not text.startswith(
                    "".join(own_text(block).split())[:begins]
                ):
                    break
                holder = parent
            if holder is not block:
                self.related.add(holder)

    @staticmethod
    def is_meta(text: str, plain: int, marks: int) -> bool:
        """Whether a short line is the one under a headline (time, source, counters) or of the same kind."""
        if plain < 80 and marks < 5 and TIME_LINE.search(text):
            return True
        if (plain <= 24 and COUNTER.match(text)) or (plain < 80 and BY.match(text)):
            return True
        stamp = STAMP.search(text) or SHORT.search(text)
        if (
            stamp
            and "。" not in text
            and (plain - letters(stamp[0]) < 24 or text.count("|") + text.count("｜") >= 2)
        ):
            return True
        labels = len({*META_LABEL.findall(text)})
        return "。" not in text and (
            labels >= 3 or (labels >= 1 and labels + (DAY.search(text) is not None) >= 2)
        )

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
        text = own_text(block) if plain < 400 else ""
        if plain < 120 and self.is_meta(text, plain, marks):
            return -5.0
        # A sentence has a mark every few dozen characters; a heap of key words has none.
        worth = min(plain, 80 * (marks + 1)) + 10.0 * marks - 2 * linked
        if plain < 400 and len({*BOILERPLATE.findall(text)}) > (plain >= 120):
            return -min(worth, 60.0)
        return worth

    def _find_teasers(self) -> None:
        """Items of lists of other articles, each a title that is a link (or a time of day) with some text: three at least."""
        groups: dict[tuple[Any, str, str | None], dict[Any, None]] = {}
        for block in self.blocks:
            plain, linked = self.plain[block], self.linked[block]
            if not (linked >= 6 and linked > plain) and not (plain <= 16 and CLOCKED.match(own_text(block))):
                continue
            item = block
            for _ in range(4):
                parent = item.getparent()
                if parent is None or item.tag in ("body", "html", "td", "tr"):
                    break
                groups.setdefault((parent, item.tag, item.get("class")), {})[item] = None
                item = parent
        everything = sum(self.plain.values())
        for (parent, tag, name), items in groups.items():
            alike = sum(one.tag == tag and one.get("class") == name for one in parent)
            if len(items) < 3 or len(items) < 0.6 * alike:
                continue
            said = sum(self.plain.get(block, 0) for one in items for block in one.iter())
            if said < 0.5 * everything or (said < TEASER * len(items) and everything - said >= TEASER):
                self.related.update(items)

    def in_furniture(self, block: Any) -> bool:
        """Whether a block is, or stands in, what stands round articles."""
        while block is not None:
            if block in self.related or (block.tag not in ("html", "body") and is_furniture(block)):
                return True
            block = block.getparent()
        return False

    def _find_end(self) -> None:
        """The first line that ends an article: behind two sentences, and behind enough of the page's text to be its end."""
        worths = [self.worth(block) for block in self.blocks]
        total = sum(worth for worth in worths if worth > 0)
        sentences, seen = 0, 0.0
        for block, worth in zip(self.blocks, worths, strict=True):
            if sentences >= 2 and self.plain[block] + self.linked[block] <= 80 and seen >= 0.15 * total:
                text = own_text(block)
                if (worth < 0 and EDITOR.match(text)) or (seen >= 0.3 * total and ends(text)):
                    self.end = block
                    return
            sentences += worth >= 30
            seen += max(worth, 0)

    def begins_at(self, heading: Any) -> None:
        """Weigh again, where *heading* tells that a text of a few sentences ends at a line that `_find_end` passed over,
        since what follows is longer: what stands in the same element as a sentence before is still text."""
        if self.end is not None or heading not in self.order:
            return
        behind = [
            one for one in self.blocks if self.order[one] > self.order[heading] and not self.in_furniture(one)
        ]
        parents: set[Any] = set()
        for n, block in enumerate(behind):
            if self.worth(block) >= 30:
                parents.add(block.getparent())
            elif parents and self.plain[block] + self.linked[block] <= 80 and ends(own_text(block)):
                if not any(later.getparent() in parents and self.worth(later) >= 30 for later in behind[n:]):
                    self.end = block
                    self._weigh()
                return

    def _weigh(self) -> None:
        value = dict.fromkeys(self.order, 0.0)
        ended = False
        for block in self.blocks:
            worth = self.worth(block)
            # What follows the end is of other articles, or of readers.
            value[block] = worth * 0.05 if ended and worth > 0 else worth
            ended = ended or block is self.end
        total = sum(one for one in value.values() if one > 0)
        for element in reversed(self.order):
            worth = value[element]
            if 0 < worth < 0.6 * total and (element in self.related or is_furniture(element)):
                value[element] = worth = min(worth * 0.05, 20)
            parent = element.getparent()
            if parent is not None:
                value[parent] += worth
        self.value = value


def ends(text: str) -> bool:
    """Whether a line is one of those that stand behind articles, or a heading of other articles."""
    return END.fullmatch(text) is not None or RELATED.fullmatch(text.strip()) is not None


def own_text(block: Any, gap: str = "") -> str:
    """The text of a block without that of the blocks within it. *gap* goes where an inline element begins or ends: what
    stands in elements of its own, as time and source under a headline do, is words apart, blanks or not."""
    parts: list[str] = [block.text or ""]
    for child in block:
        if child.tag in INLINE:
            parts += (gap, own_text(child, gap), gap)
        elif isinstance(child.tag, str):
            parts.append(" ")
        parts.append(child.tail or "")
    return "".join(parts)


def file_of(address: str | None) -> str:
    """The last part of an address's path: what stays the same whatever host serves a picture.

    >>> file_of("https://img.example/2020/a.jpg?x=1")
    'a.jpg'
    """
    return (address or "").partition("?")[0].rstrip("/").rpartition("/")[2]


def is_furniture(element: Any) -> bool:
    """Whether class or id names something that stands round articles."""
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return len(name) > 1 and names_furniture(name)


@lru_cache(maxsize=4096)
def names_furniture(name: str) -> bool:
    """Whether *name* is one of furniture. Remembered: a page has few names and many elements."""
    return FURNITURE.search(name) is not None


def remove(element: Any) -> None:
    """Take an element out of its tree; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def is_within(one: Any, top: Any) -> bool:
    """Whether an element is still below *top*."""
    while one is not None:
        if one is top:
            return True
        one = one.getparent()
    return False
