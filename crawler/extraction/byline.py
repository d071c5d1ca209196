"""Who wrote an article: the names in bylines, without editors, photographers, media and companies."""

from __future__ import annotations

import re
import unicodedata

from crawler.extraction.document import Document, squeeze

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺水云昌凤酆常皮齐元平喻羊於惠曲家芮储靳汲邴松富乌巴弓牧隗山全班仰秋伊宁仇栾暴钭厉戎祖束幸韶溥印宿怀蒲从鄂索咸籍卓池阴胥能苍双闻莘逄姬申扶堵桑桂濮牛寿通边扈浦尚农别庄晏柴阎充慕连茹宦鱼容向古慎戈庾终居衡步耿弘国寇广禄阙东殳沃利蔚越夔隆师巩厍晁勾敖融訾辛阚那空毋沙乜养须丰巢蒯相后红游竺权逯益桓公晓佘"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭許鄧呂蘇盧蔣賈葉閻潘鍾譚鄒陸顧龍萬錢湯賴龔龐蘭顏嚴溫蘆魯韋畢聶叢齊莊塗時關紀歐項遊陽衛單寧閔強車邊饒簡婁蓋黨談連郟"
)
COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|歐陽|司馬|諸葛|范姜|張簡"
NAME = rf"(?:(?:{COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{SURNAMES}]\s?[\u4e00-\u9fff]{{1,2}}|[{SURNAMES}]\s[\u4e00-\u9fff]|[\u4e00-\u9fff]{{1,8}}·[\u4e00-\u9fff]{{1,10}})"
"""A Chinese person's name: a surname and one or two characters, or a foreign name in Chinese characters."""
PARTED = r"(?:\s*[、，,/&和与\s]\s*)"
NAMES = rf"({NAME}(?:{PARTED}{NAME}(?![\u4e00-\u9fff])){{0,5}})"
END = r"(?=$|[\s）)】\]|｜;；。，,:：/]|编辑|責任|责任|责编|发自|报道|報道|報導|摄|攝|校对|来源|通讯员|实习|电|图|見習|北京|上海|广州|深圳|编译|综合|整理|翻译|审核|\d)"
WRITER = r"(?:本报|本刊|本网|本台|首席|特约|实习|见习|高级|资深|全媒体|驻[\u4e00-\u9fff]{1,6})*(?:实习)?(?:见习)?(?:记者|記者|特派员|特派記者|通讯员|撰稿人|评论员|研究员|作者)"
WESTERN = r"[A-Z][\w.'’-]*(?:\s+(?:(?:van|von|de|del|da|al|bin)\s+)?[A-Z][\w.'’-]*){1,3}"
WESTERN_LINE = re.compile(
    rf"^(?:Written |Reported |Story )?[Bb][Yy]:?\s+({WESTERN}(?:\s*(?:,|and|&)\s*{WESTERN}){{0,4}})(?=\s*(?:$|[|,·•\d]|for |Published|Updated|in ))"
)
NAME_RE = re.compile(NAME)
PATTERNS = (
    # 作者：张三 李四; 文/张三; 文/图 张三; 撰文｜张三; 采写：某报记者 张三; 《某刊》作者 张三
    re.compile(
        rf"(?:^|[\s（(【\[|｜▎/》])(?:本文)?(?:作\s?者|撰文|撰稿|采写|文字|文|采访|記者|记者|By|原创作者|写手)"
        rf"(?:\s*[/、]\s*(?:图|摄影|摄|图片))?\s*(?:[:：/／|｜丨]|\s|(?<=作者))\s*(?:[\u4e00-\u9fffA-Za-z]{{0,8}}{WRITER}\s*[:：/]?\s*)?{NAMES}{END}"
    ),
    # 本报记者 张三 李四; （记者张三）; 新京报记者 张三
    re.compile(
        rf"(?:^|[（(【\[\s，,/|｜—])(?:[\u4e00-\u9fffA-Za-z·]{{0,12}}?){WRITER}\s*[:：|｜/]?\s*{NAMES}{END}"
    ),
)
BESIDE_MEDIUM = re.compile(
    rf"^({NAME})\s*/\s*[\u4e00-\u9fffA-Za-z]{{2,14}}(?=$|\s)|^[\u4e00-\u9fffA-Za-z]{{2,14}}/({NAME})(?=$|\s)"
)
"""张三/某报, or 某报/张三."""
LOOSE = re.compile(r"^(?:本文)?(?:作\s?者|撰文|撰稿|文)\s*[:：/｜|丨]\s*([^\s:：，。；;|｜]{2,20})$")
NOT_WRITER = re.compile(
    r"摄影|摄像|图片|图/|編輯|编辑|责编|校对|审核|监制|供图|制图|视频|设计|运营|主编|值班|摄$"
)
NO_NAME = re.compile(
    r"[网報报社台刊站]$|记者|本报|综合|整理|编辑|官方|公司|集团|日报|频道|新闻|财经|小编|管理员|admin|佚名|匿名|原创|未知|来源|作者|本站|编译",
    re.IGNORECASE,
)
MEDIUM_WORD = re.compile(r"[报報网網社台刊]|快讯|快訊|新闻|新聞|财经|財經|日报|时报|周刊|广播|电视|中心")
META_NAMES = ("article:author", "og:article:author", "byl", "dc.creator", "sailthru.author", "author")


TITLE = re.compile(r"管理员|小编|记者|通讯|編輯|编辑|记着|摄影|作者|特约|实习|本报|综合")


def western_names(text: str) -> list[str]:
    """Persons' names in a list of Western ones.

    >>> western_names("Mary Smith and Jan de Vries")
    ['Mary Smith', 'Jan de Vries']
    """
    parts = (part.strip() for part in re.split(r"\s*(?:,|&|\band\b)\s*", text))
    return [part for part in parts if re.fullmatch(WESTERN, part)]


def names_in(text: str) -> list[str]:
    """Persons' names in a list of them.

    >>> names_in("张三丰、李四 王五")
    ['张三丰', '李四', '王五']
    >>> names_in("李和平和王五")
    ['王五']
    >>> names_in("李和平 王五")
    ['李和平', '王五']
    """
    text = re.sub(r"(?<=^[\u4e00-\u9fff])\s(?=[\u4e00-\u9fff]$)", "", text.strip())
    found: list[str] = []
    for part in re.split(r"[、，,/&\s]+", text):
        for one in [part] if NAME_RE.fullmatch(part) else re.split(r"[和与]", part):
            if NAME_RE.fullmatch(one) and one not in found and not TITLE.search(one):
                found.append(one)
    return found


def in_line(line: str, whole: bool = False) -> list[str]:
    """Writers that one line names. *whole*: only where the line says next to nothing else."""
    for pattern in PATTERNS:
        for found in pattern.finditer(line):
            if whole and len(line) > len(found[0]) + 30:
                continue
            before = line[max(0, found.start() - 6) : found.start() + 2]
            if NOT_WRITER.search(before):
                continue
            if names := names_in(found[1]):
                return names
    return []


def folded(text: str) -> str:
    """*text* with one form of letters, brackets and strokes."""
    return unicodedata.normalize("NFKC", text)


def is_writer(name: str, publisher: str | None) -> bool:
    """Whether what stands behind 作者 is a name, and not the medium or a department of it."""
    return not NO_NAME.search(name) and name != publisher and not name.isascii()


def find_authors(
    document: Document, near: list[str], head: list[str], tail: list[str], publisher: str | None
) -> list[str]:
    """The writers, without titles such as 记者; empty where none is named.

    *near* are the lines between headline and text, *head* and *tail* the first and last ones of the text.
    """
    for line in map(folded, near):
        if names := in_line(line):
            return names
        if found := WESTERN_LINE.search(line):
            return western_names(found[1])
        if (found := BESIDE_MEDIUM.search(line)) and MEDIUM_WORD.search(found[0]):
            return [found[1] or found[2]]
        for part in re.split(r"\s+|[|｜]", line):
            if (found := LOOSE.match(part)) and is_writer(found[1], publisher):
                return [found[1]]
    said = [
        *(in_line(folded(line)[:400]) for n, line in enumerate(head) if n < 3 or len(line) < 30),
        *(in_line(folded(line)[-200:]) for line in tail),
    ]
    if names := max(said, key=len, default=[]):
        return names
    stated = document.linked_data.get("author")
    for one in stated if isinstance(stated, list) else [stated]:
        name = squeeze(str(one.get("name") if isinstance(one, dict) else one or ""))
        if names := names_in(name) or (
            western_names(name) if isinstance(one, dict) and one.get("@type") == "Person" else []
        ):
            return names
    for name in META_NAMES:
        if names := names_in(re.sub(r"^(?:作者|记者)[:：]?\s*", "", document.meta.get(name, ""))):
            return names
    return []
