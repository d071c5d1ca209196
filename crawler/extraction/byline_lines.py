"""How Chinese bylines are printed: behind a label, beside a medium's name, at the ends of a text; and Korean ones beside them."""

from __future__ import annotations

import re
import unicodedata

from crawler.extraction.chinese_bylines import RANK, ROLE
from crawler.extraction.korean_bylines import (
    COLUMN_HEAD,
    KOREAN,
    KOREAN_HEAD,
    korean_names,
    name_beside_medium,
)
from crawler.extraction.korean_bylines import WORD as KOREAN_WORD
from crawler.extraction.names import NAME, NAMES, WESTERN, is_name, names_in, western_names
from crawler.extraction.titles import fold_title
from pipelines.printed_times import STAMP

END = (
    r"(?=$|\((?![摄攝图圖])|[\s）)】\]〕〉>|｜;；。，,、:：/〔［]|编辑|編輯|責任|责任|责编|发自|采访|採訪|报道|報道|報導|摄|攝|校对|来源|电|電|讯|訊|图|圖|北京|上海|广州|深圳|编译|综合|整理|翻译|审核|返回|文|\d"
    r"|[\u4e00-\u9fff]{2,6}?\d{1,2}(?:月\d{1,2})?日|(?![在从向就对])[\u4e00-\u9fff]{2,4}(?:报道|報導|电|電)(?=$|[\s)）】〕\]，,。]))"
)
TITLE_OF = rf"(?:{ROLE})(?![和与及的为系])"
WRITER = rf"(?:本报|本報|本刊|本网|本台|{RANK}|驻(?:(?!驻)[\u4e00-\u9fff]){{1,6}}){{0,4}}(?:实习)?(?:见习)?{TITLE_OF}"
OFFICE = r"(?:[\u4e00-\u9fff]{2,12}(?:学院|部|处|中心|办|局|院|系|社|厂|司|街道|支行|分行|频道|之家|之居)\s{1,9}|[\u4e00-\u9fff]{2,16}(?:[学學]院|大[学學]|研究院|研究所))"
"""Where a writer works: parted from the name, but for schools."""
EDGE = r"(?:^|(?<=[^\u4e00-\u9fffA-Za-z0-9]))"
LINK = r"\s{0,9}[】\])）]?\s{0,9}[:：/／|｜丨]?\s{0,9}"
PATTERNS = (
    # 作者：张三 李四; 文/张三; 文/图 张三; 撰文｜张三; 采写：某报记者 张三; 《某刊》作者 张三
    re.compile(
        rf"{EDGE}(?:本文|原)?(?:作\s?者|采访撰文|採訪撰文|特约撰稿|特约作者|撰文|撰稿|采写|采编|采访|採訪|执笔|文字|整理(?=\s?[/|])|文图|图文|圖文|文|記者|记者|[Bb]y|原创作者|写手)"
        rf"(?:\s{{0,9}}[/、]\s{{0,9}}(?:图|圖|摄影|摄|图片|撰文))?\s{{0,9}}(?:[:：/／|｜丨]|\s|(?<=作者)(?![和与及的为系])|[】\]]\s{{0,9}})\s{{0,9}}(?:(?:文字?|文)\s{{0,9}}[:：/]\s{{0,9}})?{OFFICE}?(?:[\u4e00-\u9fffA-Za-z]{{0,12}}{WRITER}\s{{0,9}}[:：/]?\s{{0,9}})?{NAMES}{END}"
    ),
    # 本报记者 张三 李四; （记者张三）; 新京报记者 张三; 【通讯员】张三
    re.compile(rf"{EDGE}(?:[\u4e00-\u9fffA-Za-z0-9·]{{0,14}}?){WRITER}{LINK}{NAMES}{END}"),
    # □ 张三; 张三/文; 张三|财经记者: a line of its own
    re.compile(rf"^[□■○●◎◇◆▲]\s?{NAMES}$"),
    re.compile(rf"^\(?(?!文){NAMES}(?:\s?[/|]\s?|\s)文\)?$"),
    re.compile(
        rf"^{NAMES}\s?[|/]\s?[\u4e00-\u9fff]{{0,8}}(?:[记記]者|特派[员員]|[评評][论論][员員]|主[笔筆])$"
    ),
    # 记者张三/李四报道: from nowhere
    re.compile(
        rf"[记記]者\s?{NAME}\s?/\s?(?=[\u4e00-\u9fff]{{3}}[综綜报報])({NAME})(?<![縣市區鎮鄉])(?:[综綜]合)?(?:报道|報導)$"
    ),
    # 作者张三为某大学教授
    re.compile(rf"^(?:本文)?(?:作者|[笔筆]者)\s?[:：]?\s?({NAME})(?=\s?(?:[,，(]|[为為系是]))"),
    # 某网讯(编译/Rita)
    re.compile(
        rf"(?:^|[讯訊])\s?\((?:文字?|[编編][译譯]|作者|撰文)\s?[/:|]\s?((?:[A-Z][a-z]{{1,15}}(?:\s[A-Z][a-z]{{1,15}})?|{NAME}))\)"
    ),
)
REPORTED = re.compile(
    rf"(?:^|[/|｜\s〔【\[(])({NAME}(?:[、\s]{NAME}){{0,2}})\s*/?\s*(?:[\u4e00-\u9fff]{{2,4}}?)?(?:综合|綜合|即時)?(?:报道|報導|報道)[)】〕\]]?$"
)
"""某某中心/张三报道, 某报 | 张三 台北報導: a line of its own."""
WESTERN_LINE = re.compile(
    rf"^(?:Written |Reported |Story )?[Bb][Yy]:?\s+({WESTERN}(?:\s*(?:,|and|&)\s*{WESTERN}){{0,4}})(?=\s*(?:$|[|,·•\d]|for |Published|Updated|in ))"
)
BESIDE_MEDIUM = re.compile(
    rf"^({NAME})\s*/\s*[\u4e00-\u9fffA-Za-z]{{2,14}}(?=$|\s)|^[\u4e00-\u9fffA-Za-z]{{2,14}}(?:\s*/\s*|\s+){NAMES}(?=$|\s)"
)
"""张三/某报, 某报/张三, or 某报 张三."""
OPENING = re.compile(
    rf"^[【〔\[(]\s{{0,9}}(?:(?:[^】〕\])/|\s]{{2,14}}\s{{1,3}})?{NAMES}\s{{0,9}}[/|]\s{{0,9}}[\u4e00-\u9fff]{{2,10}}"
    rf"|[^】〕\])/|]{{2,14}}[/|]\s{{0,9}}{NAMES}(?:\s?[\u4e00-\u9fff]{{0,4}}(?:报道|報導|[编編][译譯]))?)\s{{0,9}}[】〕\])]"
    rf"|^\W*[\u4e00-\u9fff]{{2,10}}\d{{1,2}}(?:月\d{{1,2}})?日[电電讯訊]\s{{0,9}}\({NAMES}\)"
)
"""How a text begins: 【某报/张三】, (张三/某地报道), 某社3月5日电(张三)."""
SIGNED = re.compile(rf"(?:^|[。!?…”」』)]\s*)\({NAMES}\)$")
"""How a text ends: (张三 李四) behind its last sentence, or on a line of its own."""
LOOSE = re.compile(
    r"(?:^|[\s|｜(（])(?:本文|原|取材・)?(?:作\s?者|撰文|撰稿|执笔|執筆者?|文|著者|筆者|ライター|投稿者)\s*[:：/｜|丨●＝=_]\s*([^\s:：，。；;|｜()（）/／]{2,20})(?=$|[\s|｜(（)）/／])"
)
"""A writer behind a label, under whatever name."""
POSTED = re.compile(r"(?!\d)([\w.-]{2,16})\s+[发發]表[于於]\s+(?:19|20)\d\d")
"""Who posted, in front of when: 张三 发表于 2026-03-05."""
BRACKETED = re.compile(r"[\[【]([^\]】]{5,24})[\]】]")
COUNTRY = re.compile(r"^[\[［(（【〔][\u4e00-\u9fff]{1,3}[\]］)）】〕]")
"""Where a foreign writer is from, in front of the name."""
AUTHOR_IS = re.compile(
    rf"[(]\s?(?:本文)?作者\s?[为為系是]\s?[^()。]{{0,30}}?[授员員师師士任长長者人家编編表理席官生]\s?({NAME})\s?[)]$"
)
"""(作者系某大学教授张三) behind a text."""
EDITOR_REPORTS = re.compile(
    rf"^[编編][辑輯譯译]\s?({NAME})\s?(?:[\u4e00-\u9fff]{{2,4}}\s?)?(?:报道|報導|報道)$"
)
LATIN = re.compile(r"\s{0,9}\([A-Z][^()]*\)$")
"""A foreign name's own letters behind it."""
PICTURED = re.compile(
    r"\s{0,9}/?\s{0,9}(?:摄(?!影)|攝(?!影)|(?:摄影|攝影)(?:报道|報導)?$|图$|圖$|制图|供图|提供)"
)
"""Behind names: those who took the image."""
NOT_WRITER = re.compile(
    r"摄影|攝影|摄像|图片|图/|圖/|編輯|编辑|责编|校对|审核|监制|供图|制图|视频|设计|运营|主编|值班|统筹|摄$|攝$"
)
NO_NAME = re.compile(
    r"\d日|^(?:null|none|undefined|unknown|anonymous|admin\w*|root|test|guest|editor|system|webmaster|user\d*|www\..*|[\W\d]*|.)$|[網网報报社台刊站]$|[记記]者|本报|综合|整理|编辑|官方|公司|集团|日报|频道|新闻|财经|小编|管理员|admin|佚名|匿名|原创|未知|来源|作者|本站|编译|发布|在线|网络|中国|国际|研究院|学会|协会|大学|杂志|官网|微信|公众号|简介",
    re.IGNORECASE,
)
MEDIUM_WORD = re.compile(r"[报報网網社台刊]|快讯|快訊|新闻|新聞|财经|財經|日报|时报|周刊|广播|电视|中心")


def in_line(line: str, whole: bool = False) -> list[str]:
    """Writers that one line names. *whole*: only where the line says next to nothing else.

    >>> in_line("（本报记者 王小明 本报通讯员 李四）"), in_line("记者 王小明 摄")
    (['王小明', '李四'], [])
    """
    named: list[str] = []
    line = AS_REPORTED.sub("", line)
    for pattern in PATTERNS:
        for match in pattern.finditer(line):
            if whole and len(line) > len(match[0]) + 30:
                continue
            before = line[max(0, match.start() - 6) : match.start() + 2]
            if NOT_WRITER.search(before) or PICTURED.match(line, match.end()):
                continue
            found = [match[1]] if match[1].isascii() else names_in(match[1])
            named += [name for name in found if name not in named]
    return named


STROKES = str.maketrans({"╱": "/", "∕": "/", "ㅣ": "|"})
DOTTED = re.compile(
    r"(?<![\u4e00-\u9fff])([撰圖图攝摄]?[文圖图影])(?:\s?[‧·•]\s?(?=[\u4e00-\u9fff])|・(?=[\u4e00-\u9fff]{2,3}(?:$|[\s/|])))"
)
"""文·张三: a label."""
AS_REPORTED = re.compile(r"^据[^。]{0,40}?(?:报道|消息)[，,]")
"""Who reported elsewhere what a text repeats."""


def fold_text(text: str) -> str:
    """*text* with one form of letters, brackets and strokes."""
    return DOTTED.sub(r"\1/", unicodedata.normalize("NFKC", text.translate(STROKES)))


def is_writer(name: str, publisher: str | None) -> bool:
    """Whether what follows 作者 is a name, and not the medium or a department of it."""
    is_login = name.isascii() and (name.isupper() or any(map(str.isdigit, name)))
    return not NO_NAME.search(name) and name != publisher and not is_login


def find_in_near_line(line: str, publisher: str | None) -> list[str]:
    """Writers that a line between headline and text names: there, a byline can be short of words."""
    plain = STAMP.sub("", line).strip()
    if names := in_line(line) or (in_line(plain) if plain != line else []):
        return names
    if found := WESTERN_LINE.search(line):
        return western_names(found[1])
    if found := EDITOR_REPORTS.search(plain):
        return names_in(found[1])
    if (
        len(line) < 60
        and (found := REPORTED.search(plain))
        and not NOT_WRITER.search(plain[: found.start(1)])
    ):
        return names_in(found[1])
    if len(line) < 60 and (korean := korean_names(plain) or name_beside_medium(plain)):
        return korean
    if names := find_unlabelled(plain, plain != line):
        return names
    if (match := POSTED.match(line)) and is_writer(match[1], publisher):
        return [match[1]]
    if match := LOOSE.search(line):
        name = COUNTRY.sub("", match[1])
        # 文｜某刊 张三: the medium is in front of its writer.
        if names := names_in(line[match.end() :]) if is_label_of_medium(name, publisher) else []:
            return names
        named = [one for one in re.split(r"[、&＆]", name) if len(one) > 1 and is_writer(one, publisher)]
        return [
            one
            for one in named
            if not (one.isascii() and re.search(rf"[编編][辑輯]\s*:\s*{re.escape(one)}", line))
        ]
    return []


def find_unlabelled(line: str, is_dated: bool) -> list[str]:
    """Writers beside their medium's name, or alone beside the time.

    >>> find_unlabelled("山南日报 王小明", False), find_unlabelled("王小明", True), find_unlabelled("王小明", False)
    (['王小明'], ['王小明'], [])
    """
    if (match := BESIDE_MEDIUM.search(line)) and MEDIUM_WORD.search(match[0]):
        names = names_in(match[1] or match[2])
        # Words that begin as names do stand behind a medium's as well: its sections.
        return names if "/" in match[0] or all(len(name) > 2 for name in names) else []
    if is_dated and len(line) == 3 and re.fullmatch(KOREAN, line) and not KOREAN_WORD.search(line):
        return [line]
    line = LATIN.sub("", line)
    names = names_in(line) if is_dated and re.fullmatch(NAMES, line) else []
    return names if "".join(names[:2])[2:] else []


def is_label_of_medium(name: str, publisher: str | None) -> bool:
    """Whether what follows a label is the medium, or how its name begins."""
    return (
        bool(MEDIUM_WORD.search(name))
        or fold_title(publisher or "").startswith(fold_title(name))
        or not is_name(name)
    )


def find_in_first_line(line: str) -> list[str]:
    """Writers that one of the first lines of a text names."""
    if names := in_line(line):
        return names
    if match := KOREAN_HEAD.match(line[:80]):
        return korean_names(match[0])
    if (match := BRACKETED.match(line)) and (names := name_beside_medium(match[1])):
        return names
    if match := COLUMN_HEAD.match(line):
        return [match[1]]
    if match := LOOSE.match(line) if len(line) < 40 else None:
        return [name for name in re.split(r"[、&＆]", match[1]) if len(name) > 1 and is_writer(name, None)]
    reported = REPORTED.search(line) if len(line) < 40 else None
    return names_in(reported[1]) if reported else []


def find_signed(head: list[str], tail: list[str]) -> list[str]:
    """Writers without a label, as a text begins and ends. Some sign for their editors so.

    >>> find_signed(["【某报／王小明】昨日，"], []), find_signed([], ["下周公布。（王小明 李四）"])
    (['王小明'], ['王小明', '李四'])
    """
    for line in map(fold_text, head[:3]):
        if (match := OPENING.match(line[:80])) and not NOT_WRITER.search(match[0]):
            return names_in(match[1] or match[2] or match[3])
    for line in map(fold_text, reversed(tail)):
        if match := SIGNED.search(line[-80:]) or AUTHOR_IS.search(line[-80:]):
            return names_in(match[1])
    return []
