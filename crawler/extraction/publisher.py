"""The medium that an article comes from: the source line, an unlabelled name beside the time, the metadata."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction.byline import AUTHOR_NAME, NICKNAME, STAFF, is_blog
from crawler.extraction.byline_lines import POSTED
from crawler.extraction.document import Document, names_of, squeeze, type_name
from crawler.extraction.headline import PARTS, SITE_WORDS, fold_title
from crawler.extraction.japanese_bylines import KANA
from crawler.extraction.korean_bylines import KOREAN
from crawler.extraction.names import NAME, names_in
from pipelines.printed_times import SHORT, STAMP

# The source of an image or a figure is not the article's.
LABEL = r"(?:(?:文章|稿件|信息|新闻|新聞|内容|內容|消息|本文)(?:来源|來源)|(?<![片图圖据據料源头頭])(?:来源|來源)(?:于|於)?|稿源|(?:(?<!\w)|文章|新闻|稿件)出处|文源|转自|轉自|摘自|转载自|(?<!\w)(?:来自|來自|出自|媒体|媒體)|(?<![a-z])[Ss]ource)"
GIVEN_BY = re.compile(r"供稿(?:单位)?\s*[:：]\s*([^\s|｜丨,，;；:：]{2,30})")
STOP = r"(?=$|[\s|｜丨,，;；。/】）)\]]|原?作者|记者|編輯|编辑|責任|责任|责编|时间|時間|日期|(?:发布|发表|發布|發表)(?:时间|日期|于|[:：])|发稿|\d{4}[-年/.]|\d{1,2}:\d{2}|点击|浏览|阅读|評論|评论|字体|字号|分享|打印|撰文|文/|我要|【|\[|人气|查看|原文|查询|推荐|参与互动)"
ACCOUNT = r"(?:(?:微信)?(?:公众号|公眾號|公众平台|订阅号)\s{0,9}[:：]?\s{0,9})?"
LABELLED = re.compile(
    rf"{LABEL}\s{{0,9}}[:：]\s{{0,9}}{ACCOUNT}([^\s|｜丨,，;；:：]{{2,30}}?(?:\s?[·•・-]\s?[^\s|｜:：]{{2,12}})?){STOP}"
)
QUOTING = re.compile(r"(?:注明|註明|标注|標註|标明)[^。]{0,6}$")
"""In front of a label that a notice tells others to print."""
WHOLE = re.compile(rf"\W*{LABEL}\s*[:：]\s*{ACCOUNT}([^:：|｜]{{2,32}})")
"""An element that holds the label and the name, and nothing else."""
LABEL_ALONE = re.compile(rf"{LABEL}\s*[:：]\s*$")
SOURCE_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w{0,40}source\w{0,40}|media|medianame|media[-_]name|laiyuan|ly|origin|from|site[-_]?name|copyfrom|author-name|account|up-?name|user-?name|nick(?:-?name)?|cite)(?:[-_]?(?:txt|text|link|baidu|name))?(?:$|\s)",
    re.IGNORECASE,
)
MEDIUM = re.compile(
    r"[^\s:：，。、|｜/（(]{1,14}(?:网|網|报|報|社|台|臺|新闻|新聞|日报|周刊|週刊|杂志|在线|財經|财经|时报|時報|观察|频道|传媒|资讯|快报|电视|广播|中心|客户端|发布|办事处|政府|发改委|局|学会|协会|参考|大学|委员会|集团|报道|热线|论坛|电子报|電子報|之家)(?:[-·][^\s:：]{2,8})?"
)
NO_MEDIUM = re.compile(
    r"\d|[=＝@＠]|^(?:最[后後新]|首次?)[发發]|评论|摘要|导读|核心提示|关键词|标签|跟贴|分享|收藏|字号|字体|打印|首页|关注|微信|微博|点击|浏览|阅读|举报|作者|编辑|记者|责任|新闻中心|正文|更新|时间|時間|登录|登錄|登入|註冊|關注|追蹤|瀏覽|閱讀|點擊|編輯|記者|標籤|下載|新規|会員|更多|原创|来源|微信扫|：|:|http|转载|纠错|订阅|下载|客户端$"
    r"|(?:情[報报]|速[報报]|警[報报]|注意報|[預预予][報报]|[続續续]報|詳報)$|^(?:采写|撰文|撰稿|文字|图文|摄影|攝影|制图|执笔|编译|翻译|通讯员|策划|统筹|本[报報刊网網台社])$|^(?:发布|发表|發布|發表|稿件)|(?:于|者)$|喜欢|点赞|字数|朗读|收听|播报|粉丝|查看|人气|投稿|审核|校对|作家|撰稿|報導$|^[\u4e00-\u9fff]{2}报道$|[>›»]|^.$|^(?:(?:星期|周)[一二三四五六日天]|[HG]K?[MT]T?|[AaPp]\.?[Mm]\.?|A[+-]|UTC|出版|发行|上传|提供|专题|直播|收录|时评|号外|影响力|热度|好评|Updated|Published|Posted|By|On|At|Print|Share|Save|Listen|ET|EDT|EST|BST|CST|min|read)$",
    re.IGNORECASE,
)
CHANNEL = frozenset((
    "财经", "金融", "国内", "国际", "社会", "娱乐", "体育", "科技", "汽车", "房产", "教育", "军事", "要闻", "时政", "资讯", "行业", "公司", "股票", "基金", "动态", "新闻", "图片", "视频", "文化", "健康", "旅游", "生活", "评论",
    "观点", "专题", "头条", "快讯", "滚动", "热点", "综合", "产业", "经济", "市场", "宏观", "商业", "互联网", "手机", "数码", "游戏", "历史", "理论", "法治", "党建", "本地", "民生", "政务", "公告", "研报", "港股", "美股", "外汇",
    "期货", "黄金", "理财", "保险", "银行", "財經", "國際", "國內", "社會", "娛樂", "體育", "產經", "政治", "兩岸", "地方", "大", "中", "小",
))  # fmt: skip
"""Names of channels, which stand beside a time as media do."""
NOWHERE = re.compile(r"(?:本站原创|作者|记者|时间|未知|本站|原创|网络|互联网|综合|整理|其他|佚名)$")
RELATIVE = re.compile(r"\s{1,9}(?:昨天|今天|前天|刚刚|\d+\s?(?:分钟|小时|天|周|个月)前).*$")
UNMARKED = re.compile(r"(?:^|[|｜\s])(?:来源|來源)\s*([^\s|｜:：]{2,20})(?=[\s|｜]|$)")
BESIDE_NAME = re.compile(
    rf"^(?P<first>{NAME})\s*[/／]\s*(?P<medium>[^\s/／|｜\d]{{2,14}})(?=$|\s)|^(?P<other>[^\s/／|｜\d]{{2,14}})[/／](?P<last>{NAME})(?=$|\s)"
)
DATELINE = re.compile(
    r"^\W{0,4}([\u4e00-\u9fffA-Z]{1,8}(?:社|网|網|报|報|台|台訊))(?:记者|記者|[\u4e00-\u9fff]{0,10}\d{1,2}(?:月\d{1,2})?日\s?(?:电|電|讯|訊|消息)|[讯訊][\s（(])"
)
"""How agencies and papers begin a text: 某某社北京9月26日电, 某报讯（记者 …）, （某某社記者…."""
REPORTER_OF = re.compile(
    r"(?:^|[（(【\[〔\s])([\u4e00-\u9fffA-Za-z]{2,10}?)(?:首席|见习|实习|高级|资深|特约)*\s?(?:记者|記者)[\s:：]"
)
KOREAN_ENDS = "일보|신문|뉴스|경제|타임[스즈]|방송|데일리|투데이|저널|닷컴|TV|통신|미디어|조선|중앙|동아|한국|서울|헤럴드|포스트|비즈|[KMS]BS|YTN|JTBC"
KOREAN_MEDIUM = re.compile(rf"\w{{0,10}}(?:{KOREAN_ENDS})")
KOREAN_DATELINE = re.compile(
    rf"[\[(【]\s*[\uac00-\ud7af·]{{2,8}}\s*=\s*(?:([\w]{{2,12}})\s+{KOREAN}[^\])】]{{0,20}}(?:기자|특파원)|([\w]{{2,12}})[\])】]\s*{KOREAN})"
    rf"|[\[(【]?\s*(\w{{1,10}}(?:{KOREAN_ENDS}))\s*=\s*{KOREAN}\s?(?:기자|특파원)"
)
"""[某地=某社 某某 기자], (某地=某社) 某某 기자, [某社=某某 기자]."""
TAG_PAGE = re.compile(r"/(?:tags?|keywords?|topics?)[/?=]")
SHARING = re.compile(
    r"(?:新浪|腾讯|騰訊|网易|搜狐)?微博|QQ空间|QQ好友|人人网|开心网|豆瓣网?|微信朋友圈|朋友圈|百度贴吧|领英|Facebook|Twitter|Line|Weibo|LinkedIn|Plurk|电子报|電子報|电子版|移动端|手机版|触屏版|简体|繁體",
    re.IGNORECASE,
)
"""Where a page can be shared to, and its other editions."""
SURE_NAME = re.compile(
    r"source|laiyuan|copyfrom|(?:^|[\s_-])ly(?:$|[\s_-])|media[-_]?name|account|nick|user-?name|author-?name|(?:^|[\s_-])up-?name",
    re.IGNORECASE,
)
"""Names of elements that hold a medium's name and nothing else."""
SITE_METAS = (
    "dc.publisher",
    "publisher",
    "application-name",
    "apple-mobile-web-app-title",
    "cre",
    "al:ios:app_name",
    "al:android:app_name",
)
LEGAL_FORM = re.compile(r",?\s(?:Inc|LLC|Ltd|GmbH|S\.p\.A|S\.r\.l)\.?$")
SLOGAN_MARK = re.compile(r"\s{1,9}[–—-]\s{1,9}|[:,]\s{1,9}")
WORDS_OF_SLOGAN = 5  # at least
BRACKETS = (("《", "》"), ("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"), ("“", "”"))
META_NAMES = (
    "source",
    "mediaid",
    "article:source",
    "og:article:source",
    "contentsource",
    "publisher",
    "bytedance:source",
    "dc.publisher",
    "newssource",
    "media",
)
DOMAIN = re.compile(r"[（(][^（(）)]{0,99}[）)]$|\s{1,9}[A-Z]+\.(?:COM|NET|TW|CN)$", re.IGNORECASE)
IN_SCRIPT = re.compile(
    r"""[mMsSaA](?<!\w.)(?i:(?<=m)edia(?:_?name)?|(?<=s)ource(?:_?name)?|(?<=a)rticle_?source)["']?\s*[:=]\s*["']([^"'<>{}\\/]{2,20})["']"""
)
"""What a script calls the medium. A set of first letters lets the search pass over all others at once."""
GENERAL = re.compile(
    r"(?:新闻|要闻|公告|通知|工作|企业|公司|集团|行业|媒体|学校|校园)(?:动态|中心|资讯|公告|聚焦|要闻|列表|详情|报道)?$"
)
"""What sites call their sections."""
EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff・]+")
COLON_NAME = re.compile(
    r"^[^\u3040-\u30ff\uac00-\ud7af]*+[\u3040-\u30ff\uac00-\ud7af].*(?:\s[:：]\s|：)([^:：\s][^:：。「]{1,18})$"
)
"""The site's name behind a colon, as Japanese and Korean titles have it."""
WRITTEN_BY = re.compile(
    r"(?:作者|撰文|执笔|執筆|文|记者|記者)\s*[:：/／|｜][^。]{0,16}$|(?:作者|本文[为由])$"
)
"""What stands in front of a writer's name."""
SLOGAN = re.compile(r"专业|领先|权威|最|门户|第一|平台$|大全|网站$|全球|中国.{2,30}网$")


def clean(name: str | None, longest: int = 30) -> str | None:
    """A medium's name without brackets and labels round it; None where nothing is left.

    >>> clean("【某某网】"), clean("某某网-《某日报》")
    ('某某网', '某某网-《某日报》')
    """
    name = re.sub(r"(?<=\S)\s+微博$", "", RELATIVE.sub("", squeeze(name))).strip(
        ' \u3000:：|｜/／-—_·,，;；.。"<>'
    )
    for opening, closing in BRACKETS:
        if name.startswith(opening) and name.endswith(closing):
            name = name[1:-1]
        if (opening in name) != (closing in name):
            name = name.strip(opening + closing)
    name = name.strip()
    return name if 1 < len(name) <= longest else None


def find_labelled(lines: Iterable[str]) -> str | None:
    """The medium that one of *lines* names behind a label."""
    for line in lines:
        for found in LABELLED.finditer(line):
            name = clean(found[1])
            if name and not NOWHERE.match(name) and not QUOTING.search(line[: found.start()]):
                return name
    return None


def find_publisher(
    document: Document, near: list[str], elements: list[Any], after: list[str], head: Iterable[str] = ()
) -> str | None:
    """The medium: what a label names, else what the metadata state, else the site's own name; None where nothing does.

    *near* are the lines between headline and text, *elements* the elements there, *after* the lines behind the text,
    *head* the first lines of it. A word beside the time counts only where it has the form of a medium's name.
    """
    if not document.is_cjk:
        return (
            find_labelled(near)
            or find_stated_publisher(document)
            or find_in_metadata(document)
            or find_site_name(document)
        )
    return (
        find_labelled_element(elements)
        or find_labelled(near)
        or find_unmarked(near)
        or find_beside_writer(near)
        or find_named_element(elements, document)
        or find_in_metadata(document)
        or find_beside_time(near, find_own_names(document), (*head, *near, *after))
        or find_medium_line(without_tags(near, elements))
        or find_labelled(line for line in after if not line.lstrip().startswith("Source"))
        or find_giver((*near, *after))
        or find_in_scripts(document.html)
        or find_reporting_medium(near, head)
        or find_writing_medium(document)
        or find_stated_publisher(document)
        or find_korean_medium((*near, *head))
        or find_site_name(document)
    )


def find_own_names(document: Document) -> frozenset[str]:
    """What the page calls its site: comparable forms of the names in its metadata and behind its title."""
    names = [document.meta.get(name, "") for name in (*META_NAMES, "og:site_name", "application-name")]
    names += [part for part in PARTS.split(document.title)[1:] if part]
    return frozenset(fold_title(name) for name in names if 1 < len(name) <= 30)


def find_labelled_element(elements: Iterable[Any]) -> str | None:
    """The medium in an element that holds the label and the name, and nothing else; or in the alt of a logo behind the label."""
    for element in elements:
        if element.tag == "img":
            above = element.getparent()
            logo = above if above is not None and above.tag == "a" and above[0] is element else element
            previous, above = logo.getprevious(), logo.getparent()
            before = previous.tail if previous is not None else above.text if above is not None else ""
            if LABEL_ALONE.search(squeeze(before)) and (name := clean(element.get("alt"))):
                return name
            continue
        text = squeeze("".join(element.itertext()))
        if len(text) < 45 and (match := WHOLE.fullmatch(text)) and not STAMP.search(text):
            name = clean(match[1])
            if name and not NOWHERE.match(name) and " " not in name:
                return name
    return None


def find_unmarked(lines: Iterable[str]) -> str | None:
    """The medium behind 来源 without a colon."""
    for line in lines:
        if (match := UNMARKED.search(line)) and not NO_MEDIUM.search(match[1]):
            return clean(match[1])
    return None


def find_beside_writer(lines: Iterable[str]) -> str | None:
    """The medium in 张三/某报, or 某报/张三."""
    for line in lines:
        match = BESIDE_NAME.search(unicodedata.normalize("NFKC", line))
        if match and names_in(match["first"] or match["last"]):
            name = clean(match["medium"] or match["other"])
            if name and is_medium(name) and (len(name) > 2 or MEDIUM.fullmatch(name)):
                return name
    return None


def find_named_element(elements: Iterable[Any], document: Document) -> str | None:
    """The medium in an element that is called so (``class="source"``). Under a name that other things have as well
    (media, from, account), it counts where it has the form of a medium's name, or is the site's own."""
    own_names, is_named = find_own_names(document), bool(document.meta.get("og:site_name"))
    in_blog = is_blog(document)  # there, whoever has an account is a writer
    for element in elements:
        named = names_of(element)
        if not SOURCE_NAME.search(named) or element.find(".//img") is not None or element.tag == "button":
            continue
        name = clean("".join(element.itertext()))
        if (
            not name
            or len(name) > 20
            or not is_medium(name)
            or (AUTHOR_NAME.search(named) and is_person(name))
            or (in_blog and NICKNAME.search(named))
        ):
            continue
        is_own = MEDIUM.fullmatch(name) or fold_title(name) in own_names
        if is_named and AUTHOR_NAME.search(named) and not is_own:
            continue  # a platform calls its media so, a site that has a name its writers
        if SURE_NAME.search(named) or is_own:
            return name
    return None


def is_medium(name: str) -> bool:
    """Whether a name can be a medium's: no label, channel, section, share button or tool."""
    return not (
        NO_MEDIUM.search(name)
        or name in CHANNEL
        or SHARING.fullmatch(name)
        or (name.endswith(("新闻", "新聞", "频道", "頻道", "资讯")) and name[:-2] in CHANNEL)
    )


def find_in_metadata(document: Document) -> str | None:
    """The medium that a meta tag names; portals name it in ``og:article:author``, beside themselves."""
    on_portal, bar, _ = document.meta.get("og:article:author", "").partition("|")
    if (bar or KOREAN_MEDIUM.fullmatch(on_portal)) and clean(on_portal):
        return clean(on_portal)
    for name in META_NAMES:
        medium = clean(re.sub(r"^来源[:：]", "", document.meta.get(name, "")))
        if medium and not medium.startswith("http") and not medium.isdigit():
            return medium
    return None


def find_medium_line(lines: Iterable[str]) -> str | None:
    """A line that is a medium's name and nothing else."""
    for line in lines:
        if (match := MEDIUM.fullmatch(line.strip(" 、，"))) and is_medium(match[0]):
            return clean(match[0])
    return None


def without_tags(lines: Iterable[str], elements: Iterable[Any]) -> list[str]:
    """*lines* without those that are the text of a link to a tag's page."""
    links = [link for link in elements if link.tag == "a" and TAG_PAGE.search(link.get("href") or "")]
    tags = {squeeze("".join(link.itertext())) for link in links}
    return [line for line in lines if line not in tags]


def find_giver(lines: Iterable[str]) -> str | None:
    """The office that gave the text (供稿单位)."""
    return next((clean(match[1]) for line in lines if (match := GIVEN_BY.search(line))), None)


def find_stated_publisher(document: Document) -> str | None:
    """The medium that Open Graph, the schema.org record or another meta tag names."""
    site_name = document.meta.get("og:site_name", "")
    is_title = site_name == document.title and PARTS.search(site_name)  # of the article
    if not is_title and (name := clean(without_slogan(site_name, document), 60)):
        return None if name.startswith(("http", "www.", "@")) else name
    for value in (document.linked_data.get("publisher"), document.linked_data.get("sourceOrganization")):
        record = document.resolve(value[0] if isinstance(value, list) and value else value)
        stated = record.get("name") if isinstance(record, dict) else record
        if isinstance(stated, str) and (name := clean(unescape(stated), 40)) and not name.startswith("http"):
            return name
    for key in SITE_METAS:
        if (name := clean(document.meta.get(key), 40)) and not name.startswith(("http", "www.", "@")):
            return name
    return None


def find_writing_medium(document: Document) -> str | None:
    """The organisation that the schema.org record states as the author: portals publish what media write."""
    value = document.linked_data.get("author")
    author = document.resolve(value[0] if isinstance(value, list) and value else value)
    if not isinstance(author, dict) or not type_name(author).endswith("Organization"):
        return None
    name, publisher = author.get("name"), document.resolve(document.linked_data.get("publisher"))
    is_portal = isinstance(publisher, dict) and publisher.get("name") != name
    return (
        clean(unescape(name), 40) if is_portal and isinstance(name, str) and not STAFF.search(name) else None
    )


def without_slogan(name: str | None, document: Document) -> str:
    """A site's name without what it says of itself behind (or before) a bar, or behind the name that its host has; and
    without the legal form of its company."""
    name = LEGAL_FORM.sub("", name or "")
    parts = [part.strip() for part in re.split(r"[|｜]", name)]
    names = [
        part
        for part in parts
        if part and not re.search(r"[！!。？?]|No\.\s?\d|お届け|配信|ニュースサイト", part)
    ]
    if len(names) == 1 < len(parts):
        return names[0]
    first, *slogan = SLOGAN_MARK.split(name, maxsplit=1)
    is_slogan = slogan and len(slogan[0].split()) >= WORDS_OF_SLOGAN and is_of_host(first, document)
    return first if is_slogan else name


def find_beside_time(near: Iterable[str], own_names: frozenset[str], text: Iterable[str]) -> str | None:
    """An unlabelled name on the line of the time that has the form of a medium's name, is the site's own, or is named in
    another line of *text* again: not in one of links, such as the way from the home page."""
    lines = [line for line in text if not re.search(r"[>›»|｜]", line)]
    in_kana = any(KANA.search(line) for line in lines)  # there, a writer or a country is as likely
    for line in near:
        for name in names_beside_time(line):
            others = (other for other in lines if other != line and len(other) >= len(name) + 6)
            is_own = MEDIUM.fullmatch(name) or fold_title(name) in own_names
            doubtful = in_kana and (name.isascii() or EASTERN.fullmatch(name))
            if is_own or (len(name) >= 4 and not doubtful and says_medium(name, others)):
                return name
    return None


def says_medium(name: str, lines: Iterable[str]) -> bool:
    """Whether one of *lines* has a name, and none as the writer's."""
    named = [line for line in lines if name in line]
    return bool(named) and not any(WRITTEN_BY.search(line[: line.index(name)]) for line in named)


def names_beside_time(line: str) -> list[str]:
    """What can be names of media on a line that states a time; none where it does not."""
    if len(line) > 80 or POSTED.match(line) or (stamp := STAMP.search(line) or SHORT.search(line)) is None:
        return []
    parts = re.split(r"[\s|｜·]+", f"{line[stamp.end() :]} {line[: stamp.start()]}")
    names = [clean(part) for part in [part for part in parts if re.search(r"\w", part)][:5]]
    return [name for name in names if name and len(name) <= 14 and is_medium(name) and not is_person(name)]


def find_reporting_medium(near: Iterable[str], head: Iterable[str]) -> str | None:
    """The medium whose reporter wrote the text, or whose report it is, as its first lines say."""
    for line in (*near, *head):
        start = unicodedata.normalize("NFKC", line[:60])
        if (match := DATELINE.match(start)) and match[1][0] != "本":
            return clean(re.sub(r"^据", "", match[1]))
        if (match := REPORTER_OF.search(start)) and MEDIUM.fullmatch(match[1]) and match[1][0] != "本":
            return clean(match[1])
    return None


def find_korean_medium(lines: Iterable[str]) -> str | None:
    """The medium of a Korean report, as its reporter's line names it.

    >>> find_korean_medium(["[산남=산남뉴스 김도윤 기자] 시험"]), find_korean_medium(["부산=김도윤 기자"])
    ('산남뉴스', None)
    """
    matches = (KOREAN_DATELINE.match(line) for line in lines)
    return next((clean(match[1] or match[2] or match[3]) for match in matches if match), None)


def find_in_scripts(html: str) -> str | None:
    """The medium that the page's scripts name, where they name one only: lists of articles name several."""
    named = {clean(name) for name in IN_SCRIPT.findall(html)} - {None}
    name = named.pop() if len(named) == 1 else None
    return name if name and re.search(r"[\u4e00-\u9fff]", name) and not NO_MEDIUM.search(name) else None


def is_person(name: str) -> bool:
    """Whether an unlabelled name is rather the writer's than a medium's."""
    return bool(names_in(name)) and re.fullmatch(NAME, name) is not None and MEDIUM.fullmatch(name) is None


def find_site_name(document: Document) -> str | None:
    """The name of the site as the page's title states it behind (or before) the headline."""
    pieces = (part.split(" / ")[0] for part in PARTS.split(document.title))  # the rest is a section
    parts = [part for piece in pieces if (part := DOMAIN.sub("", piece).strip())]
    if len(parts) < 2:
        match = COLON_NAME.search(document.title)
        return clean(match[1]) if match else None
    if not document.is_cjk:
        return next((part for part in (parts[-1], parts[0]) if is_of_host(part, document)), None)
    longest = max(parts, key=len)
    others = [part for part in parts if part is not longest and is_site_part(part)]
    others = [part for part in others if not SLOGAN.search(part)] or others
    behind = [part for part in others if parts.index(part) > parts.index(longest)] or others
    sure = [part for part in behind if SITE_WORDS.search(part) and not part.endswith(("频道", "頻道"))]
    # The site follows the last bar; what has no word of a site counts where it is as short as a name.
    if sure:
        return clean(sure[0] if longest is parts[-1] else sure[-1])
    return clean(behind[-1]) if behind and len(behind[-1]) <= 8 else None


def is_of_host(name: str, document: Document) -> bool:
    """Whether a part of a title is the site's name: its letters, or their initials, are in the host's name."""
    hosts = (urlsplit(url or "").hostname or "" for url in (document.url, document.canonical))
    labels = "".join(re.sub(r"\W", "", host.lower()) for host in hosts)
    name = "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))
    letters = re.sub(r"\W", "", name.lower())
    words = [word for word in re.split(r"\W+", name.lower()) if word and word not in ("the", "of", "and")]
    initials = "".join(word[0] for word in words)
    return 2 < len(letters) <= 40 and (
        letters.removeprefix("the") in labels
        or (len(initials) > 2 and initials in labels)
        or any(len(word) > 4 and word in labels for word in words)
    )


def is_site_part(part: str) -> bool:
    """Whether a part of a title can be a site's name: neither a channel nor a section."""
    return 2 <= len(part) <= 14 and part not in CHANNEL and not GENERAL.fullmatch(part)
