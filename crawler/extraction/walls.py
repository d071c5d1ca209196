"""Pages that stand between a reader and the article: logins, captchas, bot challenges. They are named, never circumvented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.extraction.markup import ElementCutter, close_tags, contents_of

LEAST_TEXT = 200  # characters of visible text; a page with more shows more than a wall
CHALLENGES = (
    ("Aliyun captcha", re.compile(r"aliyun_waf_aa|AliyunCaptcha(?:\.js)?|nc_token|captcha-frontend/aliyun")),
    ("acw_sc__v2 (Aliyun)", re.compile(r"acw_sc__v[23]")),
    ("Cloudflare", re.compile(r"_cf_chl_opt|cf-browser-verification|/cdn-cgi/challenge-platform/|challenges\.cloudflare\.com|cf_chl_")),
    ("Jiasule (Knownsec)", re.compile(r"__jsl_clearance|jsl_clearance_s|jiasule", re.IGNORECASE)),
    ("Geetest captcha", re.compile(r"initGeetest4?|geetest\.com|geevisit\.com|gt_captcha_obj", re.IGNORECASE)),
    ("Wangsu", re.compile(r"wzws_(?:sid|cid|method|reurl)|WZWS-RAY", re.IGNORECASE)),
    ("EdgeOne (Tencent)", re.compile(r"EO_Bot_Ssid|__tst_status")),
    ("Tencent captcha", re.compile(r"turing\.captcha|TencentCaptcha|TCaptcha(?:\.js)?|WAF_CAPTCHA|waf_captcha")),
    ("ByteDance", re.compile(r"__ac_signature|__ac_nonce|verifycenter/captcha|secsdk-captcha|byted_acrawler")),
    ("Weibo's visitor check", re.compile(r"Sina Visitor System|passport\.weibo\.(?:com|cn)/visitor|visitor\.passport\.weibo")),
    ("GoEdge", re.compile(r"""["']/_guard/\w+\.js""")),
    ("Baidu captcha", re.compile(r"wappass\.baidu\.com/static/captcha|百度安全验证")),
    ("Yidun captcha", re.compile(r"initNECaptcha|cstaticdun\.126\.net|c\.dun\.163\.com", re.IGNORECASE)),
    ("DataDome", re.compile(r"captcha-delivery\.com|datadome", re.IGNORECASE)),
    ("PerimeterX", re.compile(r"px-captcha|_pxAppId|perimeterx", re.IGNORECASE)),
    ("Imperva", re.compile(r"_Incapsula_Resource|incapsula incident", re.IGNORECASE)),
    ("AWS WAF", re.compile(r"awsWafCookieDomainList|gokuProps|token\.awswaf\.com|AwsWafIntegration")),
    ("Akamai", re.compile(r"/_sec/cp_challenge/|sec-if-cpt-container|bm-verify=")),
    ("reCAPTCHA", re.compile(r"google\.com/recaptcha|g-recaptcha|recaptcha/api\.js")),
    ("Anubis", re.compile(r"anubis_challenge|\.within\.website/x/cmd/anubis", re.IGNORECASE)),
    ("hCaptcha", re.compile(r"hcaptcha\.com|h-captcha")),
)  # fmt: skip
"""Scripts that let only people or browsers in, by what their pages hold."""
CAPTCHA = re.compile(
    r"安全验证|安全驗證|人机验证|人機驗證|按住滑块|网络环境存在异常|检查(?:您|你)?的?浏览器|浏览器安全检查|画像認証|로봇|자동입력|비정상적인 접근|访问验证|滑动验证|滑动滑块|拖动滑块|验证码|驗證碼|访问(?:过于|太过)?频繁|访问异常|异常(?:访问|请求|流量)|环境异常|请稍候|"
    r"Just a moment|Attention Required|Are you (?:a )?(?:human|robot)|verify (?:that )?you are (?:a )?human|unusual traffic|Pardon our interruption|ロボットではありません|captcha",
    re.IGNORECASE,
)
REFUSED = re.compile(
    r"访问受限|访问被(?:拒绝|阻断|拦截|禁止)|已被[^。]{0,10}拦截|拦截提示|网站防火墙|접근이 (?:거부|차단)|アクセスが(?:拒否|制限)|メンテナンス中|系统(?:正在)?(?:维护|升级)中|(?:서비스|시스템) 점검 ?중|potential threats?|has been blocked|拒绝访问|禁止访问|Access (?:to this page has been )?Denied|\b403\b|Forbidden|Request blocked|Not available in your (?:country|region)",
    re.IGNORECASE,
)
LOGIN = re.compile(
    r"请(?:先)?登[录陆]|需要登[录錄陆入]|登[录陆]后才能|[会會]員限定|로그인이? ?(?:필요|후)|ログインすると|登录后(?:查看|阅读|继续)|用户登录|账号登录|扫码登录|(?:^|\W)登录(?:$|\W)|請先登入|會員登入|Sign in to|Log ?in to (?:continue|read|your)|^\s*(?:Log ?in|Sign in)\b|ログイン(?:して|が必要)|로그인",
    re.IGNORECASE,
)
LOGIN_PATH = re.compile(
    r"(?:^|[/.])(?:log[-_]?in|sign[-_]?in|passport|sso|cas|oauth2?|account/login|authorize)(?:[/.?]|$)",
    re.IGNORECASE,
)
PASSWORD = re.compile(r"<input\b[^<>]*\btype\s*=\s*[\"']?password", re.IGNORECASE)
SHELL = re.compile(
    r"""<(?:div|main|section|app-root|my-app)\b[^<>]*\bid\s*=\s*["']?(?:app|root|__next|__nuxt|main|container|react-root|q-app|svelte|mount|ice-container)["']?[^<>]*>\s*(?:<(?:div|span|img|svg|i)\b[^<>]*>[^<]{0,20}(?:</\w+>)?\s*){0,6}</"""
    r"""|<noscript\b[^<>]*>[^<]{0,60}(?:<[^<>]*>[^<]{0,60}){0,6}(?:enable\s+JavaScript|JavaScript\s+(?:is\s+)?(?:disabled|required|to be enabled)|启用\s*JavaScript|開啟\s*JavaScript|JavaScript\s*を有効)"""
    r"""|<app-root\b|\bdata-reactroot\b|webpackJsonp|window\.__(?:INITIAL|PRELOADED|NUXT)""",
    re.IGNORECASE,
)  # fmt: skip
SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
UNSEEN = ElementCutter("script", "style", "noscript", "template", "svg", "textarea", "title", "select")
TAG = re.compile("<[^<>]*>")
TITLE = re.compile(r"<title\b[^<>]*>", re.IGNORECASE)
TITLE_END = re.compile("</title", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wall:
    """What a page shows instead of the article."""

    kind: str
    """``challenge`` (a script or captcha of a known maker), ``captcha``, ``login``, ``refused`` or ``shell``."""
    name: str
    """Its maker, or the words that it shows; one line."""

    def __str__(self) -> str:
        return {
            "challenge": f"a bot challenge ({self.name})",
            "captcha": f"a captcha ({self.name!r})",
            "login": f"a login page ({self.name!r})",
            "refused": f"a refusal ({self.name!r})",
            "shell": f"a page that only a browser fills ({self.name})",
        }[self.kind]


def visible_text(html: str) -> str:
    """What a page shows without its scripts, roughly, as one line."""
    return " ".join(TAG.sub(" ", UNSEEN.cut(html[:2_000_000], " ")).split())


def find_wall(html: str, url: str = "") -> Wall | None:
    """The wall that a page is; None where it shows more than a wall does. *url* is the address that answered.

    >>> str(find_wall("<meta name='aliyun_waf_aa' content='0'><title></title>"))
    'a bot challenge (Aliyun captcha)'
    >>> find_wall("<p>" + "The road was opened today. " * 20) is None
    True
    """
    html = close_tags(html)
    text = visible_text(html)
    if len("".join(text.split())) >= LEAST_TEXT:
        return find_login(html, text, url) if len(text) < 3 * LEAST_TEXT else None
    for name, pattern in CHALLENGES:
        if pattern.search(html):
            return Wall("challenge", name)
    title = next(contents_of(html, TITLE, TITLE_END), "")
    words = f"{' '.join(title.split())} {text}"
    if match := CAPTCHA.search(words):
        return Wall("captcha", match[0].strip())
    return find_login(html, words, url) or find_refusal(words) or find_shell(html, text)


def find_login(html: str, words: str, url: str) -> Wall | None:
    """A login page: by its address, or by a password field or words where it shows little else."""
    parts = urlsplit(url)
    if LOGIN_PATH.search(f"{parts.netloc}{parts.path}"):
        return Wall("login", f"{parts.netloc}{parts.path}"[:80])
    match = LOGIN.search(words)
    return (
        Wall("login", match[0].strip())
        if match and (PASSWORD.search(html) or len(words) < LEAST_TEXT)
        else None
    )


def find_refusal(words: str) -> Wall | None:
    """A page that says that access is refused."""
    match = REFUSED.search(words)
    return Wall("refused", match[0].strip()) if match else None


def find_shell(html: str, text: str) -> Wall | None:
    """A page without a text whose scripts would fill it in a browser."""
    if len(text) >= LEAST_TEXT or not SCRIPT.search(html):
        return None
    return (
        Wall("shell", "its text is loaded by scripts") if SHELL.search(html) or len(html) > 20_000 else None
    )
