"""Whole web sites on the newsroom's server: pages by address, whatever host it names."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.newsroom.pictures import commented, stored
from tests.newsroom.server import HTML, Newsroom, Reply, missing

PARAGRAPHS = (
    "山南市储能电站一期工程昨日并网，装机容量为二十万千瓦，由当地两家企业共同投资。",
    "项目负责人在现场表示，二期工程计划于明年春天开工，届时总投资将超过十亿元。",
    "业内人士认为，随着电池价格回落，独立储能电站的回收期已经缩短到八年以内。",
    "截至上月底，全省已投运的储能电站共有三十一座，比去年同期增加了十二座。",
)


def news_page(
    headline: str = "山南储能电站一期并网",
    *,
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    head: str = "",
    behind: str = "",
    source: str = "山南日报",
    time: str = "2026-06-30 15:20",
) -> bytes:
    """An article page of a small site, with the boilerplate that such pages have."""
    text = "".join(f"<p>{one}</p>" for one in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{headline}_山南新闻网</title>{head}</head><body>"
        "<div class='nav'><a href='/'>首页</a><a href='/a'>时政</a><a href='/b'>财经</a><a href='/c'>生活</a></div>"
        f"<h1>{headline}</h1><div class='info'><span>{time}</span> <span>来源：{source}</span> <span>记者 王小明</span></div>"
        f"<div class='content'>{text}{behind}<p>（责任编辑：李四）</p></div>"
        "<div class='list'><h3>相关阅读</h3><ul><li><a href='/1'>旧闻一则</a></li><li><a href='/2'>旧闻二则</a></li>"
        "<li><a href='/3'>旧闻三则</a></li></ul></div><div class='footer'>版权所有 山南新闻网 京ICP备00000000号</div></body></html>"
    ).encode()


class Websites:
    """Serves pages by address: ``websites.put("http://news.example/1.html", page)``."""

    def __init__(self, newsroom: Newsroom):
        self.newsroom = newsroom
        self.pages: dict[tuple[str, str], Reply] = {}
        self.everywhere = f"*=127.0.0.1:{urlsplit(newsroom.origin).port}"
        """The setting CONNECT_TO that leads every host here."""

    def put(self, url: str, page: bytes | Reply, kind: str = HTML) -> str:
        """Serve *page* at *url*; the url."""
        parts = urlsplit(url)
        where = parts.path + (f"?{parts.query}" if parts.query else "")
        self.pages[parts.netloc, where] = page if isinstance(page, Reply) else Reply(page, kind)
        self.newsroom.hosts[parts.netloc] = lambda path, _, host=parts.netloc: self.answer(host, path)
        return url

    def redirect(self, url: str, to: str, status: int = 302) -> str:
        """Serve a redirect at *url*; the url."""
        return self.put(url, Reply(b"", HTML, status, {"Location": to}))

    def answer(self, host: str, path: str) -> Reply:
        """What *host* serves at *path*; a real picture for any picture's name."""
        if (host, path) in self.pages:
            return self.pages[host, path]
        if path.partition("?")[0].endswith((".jpg", ".jpeg", ".png", ".webp", ".gif")) or "mmbiz" in host:
            return Reply(commented(stored("photo-580x387.jpg"), f"{host}{path}"), "image/jpeg")
        return missing()
