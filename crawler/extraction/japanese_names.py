"""Japanese bylines as a line or a record of its own states them: names, beside what each does or is."""

from __future__ import annotations

import re
import unicodedata

HAN = r"[\u3400-\u9fff々]"
WRITES = r"取材・文|取材|文[章責]?|[レリ]ポート|執筆者?|著者|筆者|構成|聞き手|寄稿者?|記者|ライター|コラムニスト|投稿者|[Tt]ext(?:\sby)?|[Ww]ritten\sby|[Bb]y"
DOES_OTHERWISE = r"インタビュー|写真|撮影者?|編集|翻訳|監修|イラスト|図版|図|制作|協力|提供|校正|校閲|デザイン|動画|[Pp]hoto(?:graphs?)?(?:\sby)?|[Ee]dit(?:ed)?(?:\sby)?"
NAME = rf"(?:{HAN}{{1,4}}(?:\s(?!{WRITES}|{DOES_OTHERWISE}))?(?:{HAN}{{1,3}}|[\u3040-\u30ff]{{1,5}})|[\u30a0-\u30ff]{{2,8}}・[\u30a0-\u30ff]{{2,8}})"
CREDIT = re.compile(
    rf"(?P<roles>(?:{WRITES}|{DOES_OTHERWISE})(?:\s?[・/&]\s?(?:{WRITES}|{DOES_OTHERWISE})){{0,3}})\s?[:=/・●|]?\s?"
    rf"(?P<names>(?!{WRITES}|{DOES_OTHERWISE}){NAME}(?:\s?[、,・&]\s?(?!{WRITES}|{DOES_OTHERWISE}){NAME}){{0,4}})(?=$|[\s/、,|(;])"
)
"""取材・文=某某, 文・某某、某某."""
BETWEEN = re.compile(r"[\s/、,|;]*")
UNLABELLED = re.compile(
    rf"(?:{HAN}\s?){{2,4}}[郎子一二三美恵男夫雄介樹也之太香奈司史士輝彦吾哉平助弘博宏幸紀敏健剛誠豊隆茂勝文義信孝朗斗翔希里江絵織花佳穂治明人真]"
)
"""A Japanese name as its end shows; it counts alone beside the time."""
POST = re.compile(
    r"[\w・ー]{0,12}(?:記者|委員|支局長?|総局|部長|特派員|編集[長者]|エディター|ライター|ジャーナリスト|コラムニスト|教授|研究員|[評議]論家|作家|アナリスト|エコノミスト|弁護士|代表|新聞(?:社)?|通信(?:社)?|ニュース|オンライン|[\u3400-\u9fff]部)|著"
)
"""What a writer is, or where of the paper."""
READING = re.compile(r"[(]\s?[\u3041-\u309f・\s]{2,20}[)]")
"""How a name is read."""
PARTS = re.compile(r"[\s=/|()・@,:]+")
NO_NAME = re.compile(
    r"政治|経済|社会|国際|科学|自治|地方|文化|芸能|教育|生活|医療|環境|東京|大阪|北海道|記事|関連|写真|撮影|資料|特集|[速時]報|参照|一覧|新聞|通信|共同|時事|編集|動画|図解|敬称|提供|当時|修正|発表|写し|注意|[部社局網]$|本[紙報]|記者"
)
LONGEST = 80  # characters of a byline


def fold(text: str) -> str:
    """*text* with one form of letters and brackets, without those round it."""
    text = unicodedata.normalize("NFKC", text).translate(str.maketrans("【】〔〕[]●", "()()()="))
    text = READING.sub("", text).lstrip("■◆●▼◎○□◇★☆").strip()
    return text[1:-1].strip() if text[:1] == "(" and text.find(")") == len(text) - 1 else text


def is_japanese_name(text: str) -> bool:
    """Whether *text* is a name as its end shows, of three characters at least."""
    return UNLABELLED.fullmatch(text) is not None and len(text) > 2 and not NO_NAME.search(text)


def credited_names(text: str) -> list[str] | None:
    """The writers in a line of credits; None where it is none.

    >>> credited_names("取材・文=山田太郎、写真=鈴木花子"), credited_names("撮影／鈴木花子"), credited_names("山田太郎")
    (['山田太郎'], [], None)
    """
    text = fold(text)
    if len(text) > LONGEST:
        return None
    names: list[str] = []
    end = 0
    for match in CREDIT.finditer(text):
        if not BETWEEN.fullmatch(text, end, match.start()):
            return None
        end = match.end()
        if any(re.fullmatch(WRITES, role) for role in re.split(r"\s?[・/&]\s?", match["roles"])):
            found = re.split(r"\s?[、,&]\s?|(?<![\u30a0-\u30ff])\s?・\s?", match["names"])
            names += [name for name in found if name not in names and not NO_NAME.search(name)]
        # 某某（ライター）: what is in brackets is about the name.
        if about := re.match(r"\s?\([^()]{0,24}\)", text[end:]):
            end += about.end()
    return names if end and BETWEEN.fullmatch(text, end) else None


def posted_names(text: str) -> list[str]:
    """The names on a line that says what a writer is besides, and nothing else.

    >>> posted_names("編集委員 山田太郎"), posted_names("山田 太郎 ｜ 山南新聞 編集委員"), posted_names("経済部 記事一覧")
    (['山田太郎'], ['山田 太郎'], [])
    """
    text = fold(text)
    parts = [part for part in PARTS.split(text) if part] if len(text) <= LONGEST else []
    names: list[str] = []
    held = ""
    is_told = False
    for part in parts:
        if is_japanese_name(part):
            names.append(part)
        elif POST.fullmatch(part):
            is_told = True
        elif held and is_japanese_name(held + part):
            names.append(f"{held} {part}")
            held = ""
            continue
        elif held or len(part) > 3:
            return []
        else:
            held = part
            continue
        if held:
            return []
    return names if is_told and not held and 0 < len(names) <= 4 else []
