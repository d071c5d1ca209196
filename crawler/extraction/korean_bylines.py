"""How Korean papers name their writers, beside the headline and at the ends of a text."""

from __future__ import annotations

import re

HANGUL = re.compile("[\uac00-\ud7af]")
SURNAME = "김이박최정강조윤장임한오서신권황안송류유홍전고문손양배백허남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
KOREAN = rf"(?:[{SURNAME}][\uac00-\ud7af]{{1,3}})"
ROLE = r"(?:선임|수습|전문|인턴|객원|시민|대)?\s?(?:기자|특파원|칼럼니스트|평론가|논설위원|통신원)"
REPORTERS = re.compile(
    rf"(?:^|[\s(\[<\]）】)=/,·|])((?:{KOREAN}[\s,·]+){{0,4}}[\uac00-\ud7af]{{2,4}}?)\s?{ROLE}(?=$|[\s,·|=)\]>(])"
)
"""某某, 某某 기자."""
ROLE_FIRST = re.compile(
    rf"(?:^|[\s/|(\[])(?:기자명?|작성자|글쓴이|에디터|글|취재|칼럼니스트|평론가|[Bb]y)\s{{0,9}}[=:/]?\s{{0,9}}({KOREAN})(?=$|[\s,/|)\]])"
)
"""글=某某."""
PICTURE = re.compile(
    r"(?<!글[·/,&])(?:사진|영상|촬영|편집|그래픽)\s{0,9}[=:·/]?\s{0,9}$|(?:^|[\s/])[cⓒ©]\s.{0,12}$"
)
"""In front of those who took or drew an image."""
KOREAN_HEAD = re.compile(
    r"^[\[(【][^\])】]{0,30}[\])】][^.。]{0,30}(?:기자|특파원)|^[\[(【][^\])】]{0,30}(?:기자|특파원)[\])】]"
)
"""How agencies begin a text: [서울=某社] 某某 기자 =, [某地=某社 某某 기자]."""
COLUMN_HEAD = re.compile(rf"^[\[【][^\]】=]{{2,15}}=({KOREAN}?)의\s")
"""How a column begins: [某誌=某某의 …]."""
KOREAN_TAIL = re.compile(
    rf"(?:^|[\s=.,/\[(|])((?:{KOREAN}[\s,·]+){{0,4}}{KOREAN}\s?{ROLE}|(?:칼럼니스트|평론가)\s{KOREAN})\s{{0,9}}[(\[<|]?\s{{0,9}}[\w.+-]+@[\w-]+\.[a-zA-Z.]+"
)
"""How a text ends: 某某 기자 name@paper.example."""
MEDIUM = r"(?:일보|신문|뉴스|경제|타임[스즈]|방송|데일리|투데이|저널|닷컴|통신|미디어|스포츠)"
BESIDE_MEDIUM = re.compile(
    rf"[\w·]{{1,12}}{MEDIUM}\s?[|/·]?\s({KOREAN})|({KOREAN})\s?[|/·(]\s?[\w·]{{1,12}}{MEDIUM}\)?"
)
"""某某日报 某某, or 某某 | 某某日报: a line of its own."""
STATED = re.compile(
    rf"({KOREAN})(?:\s?[(<\[]?[\w.+-]+@[\w.-]+[)>\]]?|\s?\(?(?:[\uac00-\ud7af]{{1,10}}\s)?(?:[\uac00-\ud7af]{{1,4}}부장|교수|소장|변호사|연구위원|에디터)\)?|\s[\uac00-\ud7af]{{1,4}}부장)"
)
"""Who somebody is, or an e-mail address behind the name: a line of its own."""
SIGNS_OFF = re.compile(
    rf"(?:^|\s)(?:[A-Z]{{2,6}}\s?(?:뉴스)?|[\uac00-\ud7afA-Z]{{0,8}}(?:뉴스|방송|TV))\s?({KOREAN})입니다\.?(?=$|\s*\()"
)
"""How a broadcaster's report ends: …뉴스 某某입니다."""
PARTED_NAME = re.compile(rf"(?<![\uac00-\ud7af])([{SURNAME}])\s([\uac00-\ud7af])(?=\s?기자)")
"""A name of two syllables, written apart."""
LAST = 40  # characters of a line at the end that names a reporter and says no more
WORD = re.compile(r"[부국팀]$|^(?:기자|글|사진|인턴|편집|선임|수습|전문|객원|시민)")


def korean_names(line: str) -> list[str]:
    """The reporters that a line names.

    >>> korean_names("산남일보 김도윤, 이서준 기자"), korean_names("정치부 김도윤기자"), korean_names("기자 회견")
    (['김도윤', '이서준'], ['김도윤'], [])
    """
    names: list[str] = []
    line = PARTED_NAME.sub(r"\1\2", line)
    for match in REPORTERS.finditer(line):
        if PICTURE.search(line[: match.start(1)]):
            continue
        found = [name for name in re.split(r"[\s,·]+", match[1]) if not WORD.search(name)]
        # Of several words before the title, those of three syllables are names.
        names += [name for name in found if name is found[-1] or len(name) == 3]
    if not names and len(line) < LAST:
        names = [match[1] for match in ROLE_FIRST.finditer(line)]
        if not names and (stated := STATED.fullmatch(line.strip())) and len(stated[1]) == 3:
            names = [stated[1]]
    return list(dict.fromkeys(names))


def name_beside_medium(text: str) -> list[str]:
    """The reporter whose name stands alone beside the medium's.

    >>> name_beside_medium("산남신문 김도현"), name_beside_medium("김도현 | 산남뉴스"), name_beside_medium("산남신문 경제부")
    (['김도현'], ['김도현'], [])
    """
    match = BESIDE_MEDIUM.fullmatch(text.strip())
    name = (match[1] or match[2]) if match else ""
    return [name] if len(name) == 3 and not WORD.search(name) else []


def korean_tail(line: str) -> list[str]:
    """The reporters that a text's last line names, in front of an e-mail address or with nothing besides."""
    if match := KOREAN_TAIL.search(line[-200:]):
        return korean_names(match[1]) or re.findall(rf"\s({KOREAN})$", match[1])
    if (match := SIGNS_OFF.search(line)) and len(line) < 2 * LAST:
        return [match[1]]
    return korean_names(line) if len(line) < LAST else []
