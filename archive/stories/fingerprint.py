"""Whether two texts tell the same story: near-duplicates, under whatever publisher or id.

A text is sampled at its commonest characters (as SpotSigs does): the twelve characters behind each 的, 了, 在 and 为 are a *signature*.
The eight smallest hashes of the signatures are its keys in the index (`archive.stories.grouping`); texts that share some are
compared signature by signature, short ones by all their four-character shingles.

Earnings notices and price bulletins share most of their words with others of their template; what tells them apart is
whom they are of, of which day, and which figures they state, so that must agree as well. Where two short texts differ in
the words between the same words, a name was put in place of another.
"""

from __future__ import annotations

from functools import cached_property
from zlib import crc32

from archive.late_pattern import compile_late

KEYS = 8  # of a text; two texts of which one holds half of the other share none of them once in 250 times
SHORT = 240  # characters: a text up to this length has too few signatures, so all its four-character shingles count
FEW_SIGNATURES = (
    8  # a text of up to FEW_WORDS characters with fewer, such as a report of prices, is taken as a short one
)
FEW_WORDS = 700
SURE = 0.9  # share from which on it does not matter whom the texts seem to be of: a head was cut
LEAST_SIGNATURES = 4  # of the smaller text: fewer prove nothing
MOST = 1500  # characters that are looked at: copies are alike from the start, and the rest would only cost
HEAD = 300  # characters in which a text says whom it is of
LEAST = 8  # characters; a shorter text is no story
ENOUGH = 0.5  # share of the smaller text's signatures that both must hold
ENOUGH_SHORT = 0.72  # ... where the texts are short
ENOUGH_FIGURES = 0.5  # share of the fewer figures that both must state
LONGEST_NAME = 12  # characters
A_DAY = (
    20 * 3600
)  # seconds; short texts that speak of today or of a close and lie further apart are of two days

# What of a text counts: no marks, no spaces. As few and long runs as can be: each costs as much as twenty characters.
SAYS = compile_late(r"[\u3400-\u9fffA-Za-z\d]++(?:(?<=\d)(?:\.\d++)?+%?)?+")
WORDS = compile_late(r"[\u3400-\u9fffA-Za-z]+")
ANCHOR = compile_late(r"[的了在为](?=(.{12}))")
FIGURE = compile_late(r"\d+(?:,\d{3})*(?:\.\d+)?(?:%|年|月(?:\d{1,2}日)?|日|[:：]\d\d|天期)?")
# The digit first, what may not stand before it second: so only digits are looked at.
CODE = compile_late(r"\d(?:(?<=[03689])(?<![\d.].)\d{5}(?![\d.])|(?<!\d\d)\d{4}(?=\.?[Hh][Kk]))")
SUBJECT = compile_late("股份|集团|科技|银行|证券|电子|药业|能源|材料|控股|智能|生物|重工|国际|环保|实业")
"""What names of companies end in; the two characters before it are enough to tell them apart."""
# What media put in front of a text: 【…】, 某社6月14日电，, 某报快讯，, （记者 …）, 某网6月14日丨
LEAD = compile_late(
    r"\s*(?:【[^】]{0,60}】|[（(][^）)]{0,30}(?:记者|编辑|通讯员)[^）)]{0,20}[）)]|[^，,。：:\n]{0,20}[讯电](?=[，,：:])[，,：:]|[^，。\n]{2,16}[丨|])"
)
DATE = compile_late(r"(\d{1,2})月(\d{1,2})日")
OF_A_DAY = compile_late(r"[今昨本当]日|今[天晨早晚]|昨天|收盘|收报|早盘|盘中|午后|午间|开盘|截至")
# Words that an editor puts for another. What is replaced otherwise is a name.
SYNONYMS = frozenset(
    (
        "表示", "称", "指出", "认为", "说", "透露", "强调", "目前", "眼下", "当前", "此外", "另外", "日前", "近日", "日", "今日", "今天", "昨日", "昨天", "同时", "并", "且", "及", "和", "与", "同",
        "进行", "开展", "通过", "经由", "上升", "增长", "提升", "下降", "下滑", "减少", "公布", "发布", "公告", "宣布", "上午", "下午", "晚间", "晚", "约", "近", "超", "逾", "了", "的", "将", "拟",
        "其中", "其", "该", "这", "公司", "我国", "中国", "记者", "人民币", "美元", "元", "并且", "但", "而", "不过", "然而", "因", "由于", "在", "于", "或", "未", "未来", "据", "根据", "个", "家",
    )
)  # fmt: skip
MEDIUM = compile_late("快讯|消息|报道|记者|编辑|客户端|来源|新闻网|[日晚]报$")
WIDE = compile_late("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff05]")
NEARLY_WIDE = compile_late("[\uff10-\uff19\uff21-\uff5a]")
"""What `WIDE` finds, but for ％, and a few brackets: two ranges are looked for at a third of the cost of four."""
FULL = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})


class Fingerprint:
    """What of a text is compared. Its keys are asked for with every article, the rest where two texts share some."""

    def __init__(self, text: str, signatures: list[str], shingles: list[str]):
        self._text = text
        self.signatures = frozenset([crc32(shingle.encode()) for shingle in signatures])
        """Hashes of its signatures."""
        self.shingles = frozenset([crc32(shingle.encode()) for shingle in shingles])
        """Hashes of all its four-character shingles where it is short, else empty."""

    @property
    def keys(self) -> list[int]:
        """The text's keys in the index: its smallest hashes."""
        return (
            sorted(self.signatures)[: KEYS if not self.shingles else KEYS // 2] + sorted(self.shingles)[:KEYS]
        )

    @cached_property
    def _begin(self) -> int:
        """Where the text begins behind what media put in front."""
        lead = LEAD.match(self._text)
        return lead.end() if lead else 0

    @property
    def _start(self) -> str:
        return self._text[self._begin : self._begin + 2 * SHORT]

    @cached_property
    def figures(self) -> frozenset[str]:
        """The figures that it states."""
        return frozenset(figures_in(self._text[self._begin :]))

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Codes of securities, else names of companies, that the text is of: those at its start."""
        head = self._text[:HEAD]
        if codes := CODE.findall(head):
            return frozenset(codes)
        names: dict[str, int] = {}
        for match in SUBJECT.finditer(head):
            name = head[max(0, match.start() - 2) : match.end()]
            if name.isalpha():
                names[name] = names.get(name, 0) + 1
        return frozenset(sorted(names, key=names.__getitem__, reverse=True)[:2])

    @cached_property
    def words(self) -> str:
        """Its first `SHORT` characters without marks, spaces and figures."""
        return "".join(WORDS.findall(self._start))[:SHORT]

    @cached_property
    def dates(self) -> frozenset[tuple[str, ...]]:
        """Months and days that a short text names."""
        return frozenset(DATE.findall(self._start)) if self.shingles else frozenset()

    @cached_property
    def of_a_day(self) -> bool:
        """Whether a short text speaks of today, a close and the like."""
        return bool(self.shingles) and OF_A_DAY.search(self._start) is not None


def fingerprint(text: str) -> Fingerprint | None:
    """The fingerprint of a text; None where it is too short for a story.

    >>> one, other = fingerprint("央行今日开展逆回购操作，利率不变。"), fingerprint("（某社）央行今日开展逆回购操作，利率不变")
    >>> round(same_story(one, other), 1)
    1.0
    """
    text = text[:MOST]
    if ("％" in text or NEARLY_WIDE.search(text)) and WIDE.search(text):
        text = text.translate(FULL)
    plain = "".join(SAYS.findall(text))
    if len(plain) < LEAST:
        return None
    signatures = ANCHOR.findall(plain)
    short = len(plain) <= SHORT or (len(signatures) < FEW_SIGNATURES and len(plain) <= FEW_WORDS)
    return Fingerprint(text, signatures, [plain[n : n + 4] for n in range(len(plain) - 3)] if short else [])


def figures_in(text: str) -> list[str]:
    """The figures that a text states: no dates, times of day or codes of shares.

    >>> figures_in("2021年6月14日16:30，晨光股份(600999)净利1,364.12万元，增12%，7天期")
    ['1364.12', '12%']
    """
    figures = []
    for figure in FIGURE.findall(text):
        date = (
            figure[-1] in "月日期"
            or ":" in figure
            or "：" in figure
            or (figure[-1] == "年" and len(figure) == 5)
        )
        if not date and not (len(figure) == 6 and figure[0] in "03689" and figure.isdigit()):
            figures.append(figure.replace(",", "").rstrip("年"))
    return figures


def in_common(first: frozenset[int], second: frozenset[int]) -> float:
    """Share of the smaller set that the other holds, 0 to 1."""
    fewer = min(len(first), len(second))
    return len(first & second) / fewer if fewer else 0.0


def same_story(first: Fingerprint, second: Fingerprint) -> float:
    """How much two texts have in common (0 to 1) where they are one story, else 0.

    >>> notice = "{}(60000{})公告，预计净利润为{}亿元，同比增长{}%，业绩预告未经审计，敬请广大投资者注意投资风险。"
    >>> same_story(fingerprint(notice.format("松麓股份", 1, 3, 12)), fingerprint(notice.format("北陌股份", 2, 5, 31)))
    0.0
    """
    if first.shingles and second.shingles:
        share = in_common(first.shingles, second.shingles)
        same = share >= ENOUGH_SHORT
    else:
        share = in_common(first.signatures, second.signatures)
        same = share >= ENOUGH and min(len(first.signatures), len(second.signatures)) >= LEAST_SIGNATURES
    strange = first.subjects and second.subjects and first.subjects.isdisjoint(second.subjects)
    if not same or (strange and share < SURE):
        return 0.0
    fewer = min(len(first.figures), len(second.figures))
    if fewer >= 2 and len(first.figures & second.figures) < ENOUGH_FIGURES * fewer:
        return 0.0
    if first.dates and second.dates and first.dates.isdisjoint(second.dates):
        return 0.0
    return (
        0.0 if is_of_another(first.words, second.words, bool(first.shingles and second.shingles)) else share
    )


def is_of_another(first: str, second: str, short: bool) -> bool:
    """Whether one text has a name where the other has another: anywhere in a *short* text, else at the start.

    >>> is_of_another("云汀科技公告拟回购股份", "赤霞股份公告拟回购股份", True), is_of_another("公司目前有三座工厂", "公司眼下有三座工厂", True)
    (True, False)
    """
    if not short:
        first, second = first[:60], second[:60]
    gaps_second = gaps(second, first)
    for (before, after), words in gaps(first, second).items():
        theirs_there = gaps_second.get((before, after))
        if theirs_there is None or not (before == "" or short):
            continue
        words, theirs_there = unlike(words, theirs_there)
        if not words or not theirs_there or max(len(words), len(theirs_there)) > LONGEST_NAME:
            continue
        if (
            words in SYNONYMS
            or theirs_there in SYNONYMS
            or (before == "" and MEDIUM.search(words + theirs_there))
        ):
            continue
        return True
    return False


def unlike(first: str, second: str) -> tuple[str, str]:
    """Two words without what they begin and end with alike."""
    while first and second and first[0] == second[0]:
        first, second = first[1:], second[1:]
    while first and second and first[-1] == second[-1]:
        first, second = first[:-1], second[:-1]
    return first, second


def gaps(text: str, reference: str) -> dict[tuple[str, str], str]:
    """What of *text* the *reference* has not, by the three characters in front of it and behind it.

    >>> gaps("云汀科技公告拟回购", "赤霞股份公告拟回购")
    {('', '公告拟'): '云汀科技'}
    """
    trigrams = {reference[n : n + 3] for n in range(len(reference) - 2)}
    gap_words: dict[tuple[str, str], str] = {}
    end, size = 0, len(text)  # the known part ends at *end*
    for n in range(size - 2):
        if text[n : n + 3] in trigrams:
            if n > end:
                gap_words[text[max(0, end - 3) : end], text[n : n + 3]] = text[end:n]
            end = n + 3
    if end < size:
        gap_words[text[max(0, end - 3) : end], ""] = text[end:]
    return gap_words
