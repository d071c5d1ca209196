"""Names of persons, in any script: what can be one, and a byline cut into them."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from crawler.extraction.chinese_bylines import persons_in_record
from crawler.extraction.document import CJK, squeeze
from crawler.extraction.japanese_names import credited_names, posted_names
from crawler.extraction.korean_bylines import HANGUL, korean_names, name_beside_medium

LABELS = (
    r"(?:written |reported |story |text |words |posted |article )?by|von|par|por|di|da|door|av|af|oleh|przez|от|від|tekst|texte|texto|testo|text|"
    r"author|autor(?:in|:in|ka)?(?:/autor(?:in)?)?|autore|autora|auteure?|autrice|автор|yazar|yazan|penulis|tác giả|συντάκτης|بقلم|كتب|लेखक|作者|记者|記者|撰文|文"
)
"""What stands before a writer's name, in whatever language."""
BY = re.compile(rf"^\W*(?:from|{LABELS})(?:\b|(?=\W))\s*[:：/|]?\s*", re.IGNORECASE)
PARTED = re.compile(
    r"\s{0,9}(?:[,，;；、&|｜/\n•·]|\b(?:and|AND|und|et|with|og|och|ja|ve|dan|и|та|і|và|και)\b)\s{0,9}"
)
PARTED_IF_WHOLE = re.compile(r"\s{1,9}(?:(?:y|e|i|en)\s{1,9}|و(?=\w))")
"""Words that part two names, and are in some: each side must be a whole name (``Ortega y Gasset`` is one)."""
NOT_A_PERSON = re.compile(
    r"\b(?:staff|images?|photos?|fotos?|getty|istock|shutterstock|zeitung|nachrichten|presse(?:-\w+)?|\w*agentur|agence|agencia|agenzia|agência|ajansı|haber|welle|rundfunk|anzeiger|kurier|tageblatt|gazette|herald|tribune|courier|chronicle|guardian|observer|"
    r"ediciones|éditions|edizioni|edições|verlag|grupo|gruppo|groupe|journalisten?|rédacteur|correspondant|corresponsal|reporterin|autorin|autor|author|редакция|агентство|новости|news|editors?|editorial|redaktion|redacción|rédaction|redazione|desk|team|agency|agencies|reuters|press|times|post|bureau|newsroom|correspondents?|contributors?|media|"
    r"admin|administrator|guest|webmaster|read|more|follow|share|online|magazine|journal|daily|inc|llc|ltd|gmbh|company|group|network|tv|radio|blog|university|institute|foundation|"
    r"wires?|service|reporters?|writers?|afp|dpa|ap|cnn|bbc|the|of|for|in|at|on|about|view|all|posts|business|sports?|opinion|politics|world|weekly|sunday|editor-in-chief|by|updated|published)\b\.?"
    r"|[網网報报社台刊站局部]$|记者|記者|本报|编辑|編輯|官方|公司|集团|日报|频道|新闻|新聞|财经|小编|管理员|佚名|匿名|原创|未知|来源|本站|编译|发布|在线|网络|中心|研究院|学会|协会|大学|杂志|公众号"
    r"|オンライン|編集部|新聞社|通信社|뉴스|기자단|편집부|[@#{}<>\d]|https?:|www\.|\.(?:com|net|org|de|fr|cn)\b",
    re.IGNORECASE,
)
PARTICLES = frozenset(
    ("van", "von", "de", "del", "della", "da", "di", "dos", "du", "la", "le", "al", "el", "bin", "ibn", "ten", "ter", "der", "den", "af", "y", "e", "zu", "zur", "mc", "st", "st.")
)  # fmt: skip
ARTICLES = frozenset(("le", "la", "les", "el", "los", "il", "die", "das", "der"))
"""With a word behind it, these begin a medium's name."""
REPORT = re.compile(
    r"\s?/(?:[\u4e00-\u9fff]{2,4}\s)*[\u4e00-\u9fff]{0,6}(?:报道|報導|編譯|编译)$|_[\u4e00-\u9fff]{2,3}$"
)
"""Where a report was made, behind the names: 王小明 李四/山南 北山報導."""
REPORTER = re.compile(r"\s{0,9}(?:기자|특파원|記者|记者)$")
SUFFIX = re.compile(r"(?<=\s)[JS]r$", re.IGNORECASE)
CAPITALS = re.compile(r"[^\W\d_]{3,}")
"""Words of a name that a byline prints in capitals; two letters are initials or a particle."""
HONORIFIC = re.compile(r"^(?:Dr|Prof|Mr|Mrs|Ms|Sir)\.?\s+", re.IGNORECASE)
MONTH = r"(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)"
DATED = re.compile(
    rf"\s{{1,9}}(?:(?i:{MONTH})\.?\s{{0,9}}\d.*|(?i:{MONTH})\.|(?i:(?:last )?(?:updated|published|posted|edited|photo\w*)\b.*)|\d.*)$"
)
"""A date right behind a name. Surnames begin as months do (Martin, Mayer, Jung), and some are months (May)."""
ROLE = re.compile(r"\s{1,9}(?:\(.{0,140}\)|[-–—]\s.*|\bfor\s.*)$")
LONGEST_AUTHORS = (
    4_000  # characters of a text that states authors: what names are is asked of all that stands beside them
)


def is_person(name: str, certain: bool = False) -> bool:
    """Whether *name* can be a person's, in any script. *certain*: the page says that it is one.

    >>> is_person("Jan de Vries"), is_person("Reuters Staff"), is_person("김민수"), is_person("Dan"), is_person("Dan", True)
    (True, False, True, False, True)
    """
    if not 2 <= len(name) <= 40 or NOT_A_PERSON.search(name) or not name[0].isalpha():
        return False
    if CJK.search(name):
        return len(name) <= 12 and not re.search(r"[。，！？]", name)
    words = name.split()
    if not (1 if certain else 2) <= len(words) <= 5:
        return False
    cased = [word for word in words if word.lower() not in PARTICLES]
    if len(words) == 2 and words[0].lower() in ARTICLES:
        return False
    small = certain and len(words) > 1 and name.islower()  # some write all names so
    return bool(cased) and all(
        (small or not word[0].islower()) and re.match(r"[\w\"“'’(]", word) for word in cased
    )


def split_persons(text: str, certain: bool = False) -> list[str]:
    """Persons' names in a byline's text; what is not a person's name between them is left out.

    >>> split_persons("By Mary Smith, CNN Business and Jan de Vries")
    ['Mary Smith', 'Jan de Vries']
    >>> split_persons("BY ANNA MARLOW, J. R. SMITH JR.")
    ['Anna Marlow', 'J. R. Smith Jr.']
    >>> split_persons("陳小如 張一嘉 溫正衡／新北 台南報導"), split_persons("林小儀_台中")
    (['陳小如', '張一嘉', '溫正衡'], ['林小儀'])
    >>> split_persons("編譯陳小如、記者張一嘉/綜合報導"), split_persons("財經中心/溫正衡報導"), split_persons("王小明(记者)")
    (['陳小如', '張一嘉'], ['溫正衡'], ['王小明'])
    >>> split_persons("김도현 선임기자"), split_persons("워싱턴=김도현 특파원"), split_persons("김도현")
    (['김도현'], ['김도현'], ['김도현'])
    """
    text = unescape(text[:LONGEST_AUTHORS])
    text = squeeze(unicodedata.normalize("NFKC", re.sub(r"<[^<>]*>", " ", text)))
    if (writers := persons_in_record(text)) is not None:
        return writers
    if HANGUL.search(text) and (reporters := korean_names(text) or name_beside_medium(text)):
        return reporters
    if CJK.search(text) and (writers := credited_names(text) or posted_names(text)):
        return writers
    text = BY.sub("", REPORT.sub("", text))
    names: list[str] = []
    for part in (name for whole in PARTED.split(text) for name in split_pair(whole)):
        name = REPORTER.sub("", ROLE.sub("", DATED.sub("", BY.sub("", part))).strip(" .·•:-–—\"'“”()[]"))
        if name.isupper():
            name = CAPITALS.sub(lambda word: word[0].capitalize(), name)
        name = SUFFIX.sub(lambda suffix: f"{suffix[0].capitalize()}.", name)
        if is_person(HONORIFIC.sub("", name), certain) and name not in names:
            names.append(name)
    return names


def split_pair(text: str) -> list[str]:
    """Two names that a word parts which can be within a name as well.

    >>> split_pair("Ana Ruiz y Juan Gil"), split_pair("José Ortega y Gasset")
    (['Ana Ruiz', 'Juan Gil'], ['José Ortega y Gasset'])
    >>> split_pair("كايلا حسن وليلى كاظم")
    ['كايلا حسن', 'ليلى كاظم']
    """
    names: list[str] = []
    last = 0
    for match in PARTED_IF_WHOLE.finditer(text):
        behind = PARTED_IF_WHOLE.split(text[match.end() :])[0]
        if len(text[last : match.start()].split()) >= 2 and len(behind.split()) >= 2:
            names.append(text[last : match.start()])
            last = match.end()
    return [*names, text[last:]]
