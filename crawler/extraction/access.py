"""Whether a page shows a whole article, the start of a paid one, or no more than its headline."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crawler.extraction.body import Body
from crawler.extraction.document import Document, squeeze, text_of
from crawler.extraction.trees import INLINE, is_within, own_text

OPEN, PREVIEW, LOCKED = "open", "preview", "locked"
PAYWALL = re.compile(
    r"(?<!无需)(?<!无须)(?<!不用)(?:订阅|訂閱|付费|付費|购买|購買|开通(?:会员|VIP)|成为(?:会员|VIP)|加入會員|升级会员|解锁|解鎖|登录|登入|注册|支付.{0,6})\s*+[，,]?\s*+(?:之?后|後|即可|以|才能|可|并|后可)?\s*+(?:即可|可以?|能)?\s*+(?:继续|繼續)?\s*+(?:阅读|閱讀|查看|解锁|畅读|暢讀|浏览|观看)\s*+(?:剩余|剩餘|全部|完整|后续|更多|余下|本)?\s*+(?:全文|内容|內容|文章|本文|原文|部分)?"
    r"|(?:剩余|剩餘|還剩|还有|余下)\s*+\d+\s*+%?\s*+(?:的?内容|內容|字)?.{0,8}(?:付费|订阅|訂閱|解锁|未读|閱讀|阅读)|本文(?:共计?|共有)\s*+\d+\s*+字.{0,12}订阅|(?:本文|此文|该文|全文)(?:为|是|仅限|仅供)?\s*+(?:付费|会员|VIP|订阅用户)(?:专享|可读|内容|文章|专属|阅读)|(?:付费|会员|VIP|订户|訂戶|訂閱者)(?:专享|專享|限定|独享|可见|专属)(?:文章|内容|內容)?|付费(?:阅读|内容|文章)|已過查詢時效|加入.{0,8}(?:付費會員|付费会员)|试读(?:结束|部分)|試閱(?:結束|到此)|以上为试读"
    r"|(?:この|本)(?:記事|コンテンツ)は.{0,8}(?:有料|会員|購読者|登録)|^\W*(?:有料|会員|読者|購読者)(?:会員)?限定(?:記事)?(?:です)?\W*$|残り\s*+[\d,]+\s*+文字|(?:続き|全文)(?:を|は).{0,12}(?:会員|登録|購読|ログイン|有料)|会員登録.{0,10}(?:続き|全文|閲覧)|ログインして.{0,4}(?:続き|全文)"
    r"|구독(?:자|회원)?\s*+(?:전용|하고|후|하시면).{0,10}|유료\s*+(?:기사|회원|구독)",
    re.IGNORECASE,
)  # fmt: skip
"""What pages in Chinese, Japanese and Korean say where the rest of an article is for those who pay or log in."""
NOTICE_WORD = re.compile(
    "阅读|閱讀|查看|解锁|解鎖|畅读|暢讀|浏览|观看|付费|付費|订阅|訂閱|订户|訂戶|未读|会员|會員|查詢|试读|試閱"
    r"|有料|会員|読者|購読|登録|残り|ログイン|구독|유료|VIP",
    re.IGNORECASE,
)
"""A word that everything which `PAYWALL` matches has: a quick look, which most lines do not pass."""
WESTERN_PAYWALL = re.compile(
    r"\b(?:subscri(?:be|ption)s?\b[^.]{0,40}\b(?:to (?:continue|keep) reading|to (?:read|continue|unlock|access|view)|required)|(?:this|the) (?:article|content|story|post|page) is (?:only )?(?:exclusive(?:ly)? (?:for|to)|for|available (?:only )?to|reserved for|restricted to|locked|limited to)\s*+(?:our |paying |paid |registered )?(?:subscribers|members|premium)?"
    r"|(?:continue|keep) reading\b[^.]{0,40}\b(?:subscri|free trial|account|register|sign)|already a (?:subscriber|member)\?|(?:unlock|to read) (?:this|the (?:full|rest of (?:the|this))) (?:article|story)|you(?:'|’)ve (?:read|reached) (?:your|all)[^.]{0,40}(?:free|limit)|subscribers? only|for subscribers only|members[- ]only|premium (?:content|article)|log ?in or subscribe|register (?:now )?to (?:continue|read)|create (?:a|your) free account to"
    r"|(?:réservé|réservée|exclusi(?:f|ve))\s+(?:aux|à nos)\s+abonnés|(?:il vous reste|la suite).{0,30}(?:% de cet article|abonné)|abonnez-vous pour (?:lire|continuer|accéder)|article (?:abonnés?|premium)"
    r"|(?:Lesen Sie|Weiterlesen|weiterlesen|Jetzt weiterlesen|Artikel weiterlesen).{0,40}(?:\+|Abo|abonn|kostenlos|Plus|plus|testen)|(?:nur für|exklusiv für)\s+(?:Abonnenten|Abonnentinnen|Leser mit Abo)|Bereits (?:Abonnent|registriert|ein Abo)|(?:Testen Sie|Dieser Artikel).{0,40}(?:Abo|abonn|kostenpflichtig)"
    r"|(?:contenido|artículo|noticia)\s+(?:exclusiv[oa]|solo|sólo|reservad[oa])\s+(?:para|a)\s+(?:suscriptores|socios|usuarios)|suscr[ií]b(?:ete|ase|etes).{0,20}para (?:leer|seguir|continuar)|(?:ya (?:eres|soy) suscriptor)|contenuto riservato agli abbonati|abbonati per (?:leggere|continuare)"
    r"|(?:для подписчиков|подпишитесь,? чтобы (?:читать|прочитать|продолжить)))",
    re.IGNORECASE,
)  # fmt: skip
"""What others say."""
CUT_OFF = re.compile(
    r"残り\s{0,3}[\d,]{1,9}\s{0,3}文字|続きをお?読み|(?:剩余|剩餘|还剩|還剩|余下)\s{0,3}\d{1,6}\s{0,3}(?:%|字)|(?<!\d)\d{1,3}\s{0,3}%[^.]{0,12}(?:remaining|left to read)"
)
"""A notice that says how much is missing: nothing of the text is behind it."""
FIRST_LINES = 3  # of a text, above which a page can say for whom it is
LITTLE = 150  # characters of a text that is a notice and how to become a reader, and nothing else
OF_TEXT = re.compile("全文|剩余|剩餘|本文|余下|付费|付費|试读|查詢時效")
SENTENCE = (
    30  # characters; a longer Chinese line with a full stop is a sentence, unless it is about this very text
)
LONGEST_NOTICE = 160  # characters; a longer line is a sentence about paying
LOCKED_TEXT = 60  # characters of a text that is no more than its headline
WHOLE = 0.8  # share of the stated length from which on a text is whole


def is_notice(line: str) -> bool:
    """Whether a line says that the rest of the article is for those who pay.

    >>> is_notice("本文共计1561字 订阅后继续阅读"), is_notice("Subscribe to continue reading"), is_notice("公司宣布订阅收入增长。")
    (True, True, False)
    """
    if len(line) > LONGEST_NOTICE:
        return False
    is_eastern = NOTICE_WORD.search(line) is not None and PAYWALL.search(line) is not None
    if not is_eastern and WESTERN_PAYWALL.search(line) is None:
        return False
    return not (line.endswith("。") and len(line) > SENTENCE) or OF_TEXT.search(line) is not None


def find_access(document: Document, size: int, lines: Iterable[str]) -> str:
    """``open``, ``preview`` or ``locked``: as schema.org or a meta tag states, else as *lines* in and behind the text say.
    *size* is the number of characters of the text; a text as long as the page states is whole, whatever else it says."""
    closed = states_closed(document)
    notices = [line for line in dict.fromkeys(lines) if is_notice(line)]
    if not (closed or notices):
        return OPEN
    if size <= LOCKED_TEXT:
        return LOCKED
    if any(map(CUT_OFF.search, notices)):
        return PREVIEW
    return OPEN if closed and size >= WHOLE * stated_size(document) > 0 else PREVIEW


def cut_notices(body: Body) -> None:
    """What a body says of payment: lines at its head, and all behind the line that says how much of the text is missing."""
    lines = [line for line in body.element.iter() if line.tag not in INLINE and own_text(line).strip()]
    for n, line in enumerate(lines):
        text = squeeze(own_text(line))
        if line is body.element or len(text) > LONGEST_NOTICE:
            continue
        is_cut_off = CUT_OFF.search(text) is not None
        if not ((n < FIRST_LINES or is_cut_off) and is_notice(text)):
            continue
        is_all = n == 0 and len(text_of(body.element)) <= LITTLE
        for other in lines[n:] if is_all or is_cut_off else (line,):
            if is_within(other, body.element) and other is not body.element:
                body.take_out("paid_notice", other)
        if is_all or is_cut_off:
            return


def states_closed(document: Document) -> bool:
    """Whether the page's metadata say that the article is for those who pay."""
    if any(is_false(record.get("isAccessibleForFree")) for record in article_records(document)):
        return True
    tier = document.meta.get("article:content_tier", "").lower()
    return tier in ("locked", "paid", "premium")


def article_records(document: Document) -> list[dict[str, Any]]:
    """The article's schema.org record and those of the page that holds it."""
    return [document.linked_data] if document.linked_data else []


def is_false(value: Any) -> bool:
    """Whether a flag is stated and false, as a truth value or as text."""
    return value is False or (isinstance(value, str) and value.strip().lower() in ("false", "no", "0"))


def stated_size(document: Document) -> int:
    """How many characters the article has as its schema.org record states it; 0 where it does not."""
    record = document.linked_data
    if isinstance(text := record.get("articleBody"), str):
        return len("".join(squeeze(text).split()))
    words = record.get("wordCount")
    count = int(words) if isinstance(words, int) or (isinstance(words, str) and words.isdigit()) else 0
    return count * (1 if document.is_cjk else 5)
