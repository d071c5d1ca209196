"""Every endpoint that the built-in sources ask, in the shapes of the real ones, and sites with feeds of every kind.

    with Portals() as portals:
        portals.publish(portals.name, 3)      # three more stories of a portal
        portals.stories["cls"][0].text = ...  # an edit in place
        portals.asked                          # HOST/PATH?QUERY of each request

One port answers http and https (a certificate of its own: crawl with DOWNLOAD_VERIFY_CERTIFICATES=False).
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

BEIJING = timezone(timedelta(hours=8))
BEGIN = datetime(2026, 11, 22, 8, 0, tzinfo=BEIJING)
SHARED = (
    "临江港集团昨日宣布，第三条远洋航线正式开通，首航货轮载有一千二百只集装箱，预计二十天后抵达目的港。"
    "集团负责人介绍，新航线每周一班，全年可增加运力六万标准箱，沿线七个城市的货主将因此缩短四天运输时间。"
    "当地海关为新航线设立了专用通道，冷链货物可在两小时内完成查验，手续费用随之下降一成。"
    "港口还计划在明年春天扩建两座码头，届时年吞吐量有望突破三百万标准箱，仓储面积将扩大到八十万平方米。"
)
"""The text of each portal's first story: one story under many ids."""
PARTS = ("港区", "航运", "仓储", "冷链", "海关", "铁路", "公路", "船厂", "船员", "码头", "渔业", "灯塔")
PORTALS = (
    "eastmoney",
    "cls",
    "sina",
    "wallstreetcn",
    "jin10",
    "10jqka",
    "gelonghui",
    "nbd",
    "cninfo",
    "paper",
    "desk",
    "wire",
    "list",
)
"""Names of the sources; the last four are sites by configuration: RSS, Atom behind a sitemap, JSON Feed, a page of links."""
DETAILS = re.compile(r"/article/\d|/detail/\d|doc-i|/articles/\d|getOne|\.PDF|/story/")


@dataclass(slots=True)
class Story:
    """One story of a portal."""

    portal: str
    number: int
    published: datetime
    text: str
    updated: datetime
    kind: str = "open"
    """``open``, ``advert``, ``locked``, ``deleted``."""

    @property
    def title(self) -> str:
        return f"{self.part}消息第{self.number}号：{self.portal}报道新进展"

    @property
    def part(self) -> str:
        """What it is about."""
        return PARTS[self.number % 12]

    @property
    def epoch(self) -> int:
        return int(self.published.timestamp())

    @property
    def printed(self) -> str:
        return f"{self.published:%Y-%m-%d %H:%M:%S}"

    @property
    def day(self) -> str:
        return f"{self.published:%Y-%m-%d}"

    @property
    def paragraphs(self) -> str:
        return "".join(f"<p>{part}</p>" for part in self.text.split("\n"))


def text_of(portal: str, number: int) -> str:
    """A text that no other story shares."""
    first, second = PARTS[number % 12], PARTS[number // 12 % 12]
    return (
        f"{portal}获悉，{first}工程第{number}标段昨日开工，总投资{number * 7 + 3}亿元，工期{number % 9 + 2}年。"
        f"\n{second}部门表示，第{number}标段建成后将增加{number * 13 + 5}个岗位，首批招标定于{number % 28 + 1}日举行。"
    )


@dataclass(slots=True)
class Reply:
    body: bytes
    kind: str = "application/json; charset=utf-8"
    status: int = 200


def as_json(value: Any) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False).encode())


def as_html(text: str) -> Reply:
    return Reply(
        f"<!DOCTYPE html><html><head><meta charset='utf-8'>{text}</body></html>".encode(),
        "text/html; charset=utf-8",
    )


def pdf(text: str) -> bytes:
    """A document of one page that says *text* (ASCII)."""
    stream = f"BT /F1 12 Tf 40 780 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for n, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, table, len(objects) + 1, len(out))
    )


class Portals:
    """A context manager; ``everywhere`` is the value of CONNECT_TO."""

    def __init__(self) -> None:
        self.stories: dict[str, list[Story]] = {name: [] for name in PORTALS}
        """Stories by portal, oldest first."""
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        """Headers of the last request, but for those of a robots.txt."""
        self.outdated: set[str] = set()
        """Portals whose endpoints call the client outdated."""
        self.empty: set[str] = set()
        """Portals whose lists are silently empty."""
        self.validates = True
        """Whether feeds answer a conditional request by 304."""
        for name in PORTALS:
            self.publish(name, 3)
            self.stories[name][0].text = (
                SHARED if name != "cninfo" else "Notice on the opening of an ocean route. " * 6
            )

    # -- what is published -------------------------------------------------------------------------------------

    def publish(self, portal: str, count: int, kind: str = "open") -> list[Story]:
        """Add *count* stories, a minute after each other."""
        listed = self.stories[portal]
        for _ in range(count):
            number = 100 + len(listed)
            moment = BEGIN + timedelta(minutes=len(listed))
            text = (
                f"Announcement number {number} of the port company. " * 5
                if portal == "cninfo"
                else text_of(portal, number)
            )
            listed.append(Story(portal, number, moment, text, moment, kind))
        return listed[-count:]

    def edit(self, story: Story, text: str, at: datetime) -> None:
        story.text, story.updated = text, at

    def open_stories(self, portal: str) -> list[Story]:
        return [story for story in self.stories[portal] if story.kind == "open"]

    def newest_first(self, portal: str) -> list[Story]:
        return [] if portal in self.empty else self.stories[portal][::-1]

    def details_asked(self) -> list[str]:
        """Requests for articles, not for lists."""
        return [address for address in self.asked if DETAILS.search(address)]

    # -- serving -----------------------------------------------------------------------------------------------

    def __enter__(self) -> Portals:
        portals = self
        self._folder = TemporaryDirectory()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(Path(self._folder.name)))

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                self.request.settimeout(30)
                if self.request.recv(1, socket.MSG_PEEK) == b"\x16":
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                form = parse_qs(self.rfile.read(size).decode()) if size else {}
                if self.path != "/robots.txt":
                    portals.headers = dict(self.headers)
                reply = portals.reply(self.headers.get("Host", "").partition(":")[0], self.path, form)
                etag = f'"{hashlib.sha1(reply.body).hexdigest()}"'
                if portals.validates and self.headers.get("If-None-Match") == etag:
                    reply = Reply(b"", status=304)
                self.send_response(reply.status)
                self.send_header("ETag", etag)
                self.send_header("Content-Type", reply.kind)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a client that went away

        self._server = Server(("127.0.0.1", 0), Handler)
        self.everywhere = f"*=127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    def reply(self, host: str, target: str, form: dict[str, list[str]]) -> Reply:
        parts = urlsplit(target)
        self.asked.append(f"{host}{target}")
        query = {name: values[0] for name, values in {**parse_qs(parts.query), **form}.items()}
        for pattern, answer in ANSWERS:
            if match := re.fullmatch(pattern, host + parts.path):
                return answer(self, match, query)
        return Reply(b"not here", "text/plain", 404)

    def story(self, portal: str, number: str) -> Story:
        return self.stories[portal][int(number[-4:]) - 100]


def certificate(folder: Path) -> str:
    """Path of a new key and certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portals.test")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(begin).not_valid_after(begin + timedelta(days=9999)).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "portals.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    return str(path)


# -- the endpoints ------------------------------------------------------------------------------------------------

Answer = Callable[[Portals, "re.Match[str]", dict[str, str]], Reply]
ANSWERS: list[tuple[str, Answer]] = []


def at(pattern: str) -> Callable[[Answer], Answer]:
    """Register what answers at HOST/PATH."""

    def register(answer: Answer) -> Answer:
        ANSWERS.append((pattern, answer))
        return answer

    return register


def page(portals: Portals, portal: str, query: dict[str, str], name: str, size: int) -> Iterator[Story]:
    """A page of a list by number."""
    first = (int(query.get(name) or 1) - 1) * size
    return iter(portals.newest_first(portal)[first : first + size])


@at(r"np-listapi\.eastmoney\.com/comm/web/getNewsByColumns")
def eastmoney_column(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    size = min(int(query["page_size"]), 5)
    rows = [
        {"summary": story.text[:60], "image": "", "code": f"202611224{story.number:09}", "np_dst": "CMS", "showTime": story.printed,
         "uniqueUrl": f"http://finance.eastmoney.com/a/202611224{story.number:09}.html", "title": story.title, "mediaName": "临江日报",
         "url": f"http://finance.eastmoney.com/news/1344,202611224{story.number:09}.html"}
        for story in page(portals, "eastmoney", query, "page_index", size)
    ]  # fmt: skip
    return as_json(
        {
            "code": "1",
            "message": "success",
            "data": {"list": rows, "page_index": 1, "page_size": size, "totle_hits": 5000},
        }
    )


@at(r"newsinfo\.eastmoney\.com/kuaixun/v2/api/article/(\d+)")
def eastmoney_detail(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    story = portals.story("eastmoney", match[1])
    address = f"http://finance.eastmoney.com/a/{match[1]}.html"
    data = {"Art_Title": story.title, "Art_Content": story.paragraphs, "Art_ShowTime": f"{story.published:%Y/%m/%d %H:%M:%S}", "Art_Code": match[1],
            "Art_UniqueUrl": address, "Art_Url": address, "Art_Media_Name": "临江日报", "Art_Tip_Info": "[]"}  # fmt: skip
    return as_json({"data": data, "errorcode": 0, "id": "0", "message": "", "success": 1})


@at(r"www\.cls\.cn/v1/roll/get_roll_list")
def cls_telegraph(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    if "cls" in portals.outdated:
        return as_json({"errno": 10012, "msg": "签名错误"})
    given = "&".join(f"{name}={query[name]}" for name in sorted(query) if name != "sign")
    if hashlib.md5(hashlib.sha1(given.encode()).hexdigest().encode()).hexdigest() != query["sign"]:
        return as_json({"errno": 10012, "msg": "签名错误"})
    last = int(query.get("last_time") or 0)
    rows = [story for story in portals.newest_first("cls") if not last or story.epoch < last][:5]
    return as_json({"errno": 0, "msg": "", "data": {"roll_data": [
        {"id": 2600000 + story.number, "ctime": story.epoch, "modified_time": int(story.updated.timestamp()), "title": story.title, "level": "B" if story.number == 101 else "C",
         "content": f"【{story.title}】财联社11月22日电，{story.text}", "brief": story.text, "author": "", "images": [], "img": "", "stock_list": [],
         "subjects": [{"subject_id": 1, "subject_name": "港口航运"}, {"subject_id": 2, "subject_name": story.part}], "is_ad": int(story.kind == "advert"), "status": 1}
        for story in rows]}})  # fmt: skip


@at(r"zhibo\.sina\.com\.cn/api/zhibo/feed")
def sina_live(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    rows = [
        {"id": 6200000 + story.number, "rich_text": f"【{story.title}】{story.text}", "create_time": story.printed, "multimedia": "",
         "update_time": f"{story.updated:%Y-%m-%d %H:%M:%S}", "creator": "desk@staff.example", "is_delete": int(story.kind == "deleted"),
         "docurl": "" if story.number % 2 else f"https://finance.sina.cn/7x24/2026-11-22/detail-inkabcd{story.number:07}.d.html",
         "ext": '{"stocks": []}', "tag": [{"id": "9", "name": story.part}], "comment_list": {"list": [{"content": "沙发", "nick": "路人甲"}], "total": 1}}
        for story in page(portals, "sina", query, "page", 5)
    ]  # fmt: skip
    pages = -(-len(portals.stories["sina"]) // 5)
    return as_json(
        {
            "result": {
                "status": {"code": 0, "msg": "OK"},
                "data": {"feed": {"list": rows, "page_info": {"totalPage": pages}}},
            }
        }
    )


@at(r"api-one\.wallstcn\.com/apiv1/content/lives")
def wallstreetcn_lives(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    last = int(query.get("cursor") or 0)
    rows = [story for story in portals.newest_first("wallstreetcn") if not last or story.epoch < last][:5]
    items = [
        {"id": 3300000 + story.number, "title": story.title, "content": f"<p>{story.text}</p>", "content_more": "", "content_text": story.text,
         "display_time": story.epoch, "score": 1, "images": [], "cover_images": [], "symbols": [], "tags": [], "is_priced": False}
        for story in rows
    ]  # fmt: skip
    return as_json(
        {
            "code": 20000,
            "message": "OK",
            "data": {"items": items, "next_cursor": str(rows[-1].epoch) if rows else ""},
        }
    )


@at(r"reference-api\.jin10\.com/reference")
def jin10_articles(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    rows = [
        {"id": 200000 + story.number, "title": story.title, "introduction": story.text[:30], "display_datetime": story.printed, "type": "news",
         "author": {"nick": "何远"}, "vip": int(story.kind == "locked"), "super_vip": 0, "elite_vip": 0, "reveal_tags": []}
        for story in page(portals, "jin10", query, "page", 5)
    ]  # fmt: skip
    return as_json(
        {
            "data": {"list": rows, "page": 1, "page_size": 5, "total": len(portals.stories["jin10"])},
            "status": 200,
        }
    )


@at(r"reference-api\.jin10\.com/reference/getOne")
def jin10_article(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    story = portals.story("jin10", query["id"])
    data = {"id": int(query["id"]), "title": story.title, "content": story.paragraphs, "display_datetime": story.printed, "type": "news",
            "introduction": story.text[:30], "author": {"nick": "何远"}, "vip": 0, "super_vip": 0}  # fmt: skip
    return as_json({"data": data, "status": 200})


@at(r"news\.10jqka\.com\.cn/tapp/news/push/stock/")
def tonghuashun_flashes(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    rows = [
        {"id": str(story.number), "seq": str(691000000 + story.number), "title": story.title, "digest": story.text, "short": story.text,
         "url": f"https://news.10jqka.com.cn/20261122/c{691000000 + story.number}.shtml", "ctime": str(story.epoch),
         "rtime": str(int(story.updated.timestamp())), "source": "", "picUrl": "", "import": "0", "stock": [], "field": [], "tags": []}
        for story in page(portals, "10jqka", query, "page", 50)
    ]  # fmt: skip
    return as_json(
        {"code": "200", "msg": "成功", "data": {"list": rows, "total": str(len(portals.stories["10jqka"]))}}
    )


@at(r"www\.gelonghui\.com/api/live-channels/all/lives/v4")
def gelonghui_lives(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    last = int(query.get("liveId") or 0)
    rows = [
        story for story in portals.newest_first("gelonghui") if not last or 2800000 + story.number < last
    ][:15]
    return as_json({"statusCode": 200, "message": "", "totalCount": 0, "result": [
        {"id": 2800000 + story.number, "title": story.title, "content": f"格隆汇11月22日｜{story.text}", "createTimestamp": story.epoch,
         "updateTimestamp": int(story.updated.timestamp()), "level": 0, "route": f"https://www.gelonghui.com/live/{2800000 + story.number}",
         "relatedStocks": None, "relatedInfos": None, "pictures": [], "source": {"name": None}, "statistic": {"isPay": None}}
        for story in rows]})  # fmt: skip


@at(r"www\.nbd\.com\.cn/columns/1161/")
def nbd_column(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    rows = "".join(
        f'<li class="u-news-title"><a href="https://www.nbd.com.cn/articles/{story.day}/{4700000 + story.number}.html">{story.title}</a>'
        f"<span>\n {story.published:%H:%M:%S}\n</span></li>"
        for story in portals.newest_first("nbd")[:80]
    )
    return as_html(
        f'</head><body><div class="m-list"><p class="u-channeltime">\n 2026-11-22\n</p><ul class="u-news-list">{rows}</ul></div>'
    )


@at(r"www\.nbd\.com\.cn/articles/[\d-]+/(\d+)\.html")
def nbd_article(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    story = portals.story("nbd", match[1])
    return as_html(
        f"<title>{story.title} | 每经网</title></head><body><div class='g-article'><h1>{story.title}</h1><p class='u-time'><span class='source'>每日经济新闻</span>"
        f"<span class='time'>{story.printed}</span></p><div class='g-articl-text'><p>每经记者｜何远 每经编辑｜周行</p>{story.paragraphs}</div></div>"
    )


@at(r"www\.cninfo\.com\.cn/new/hisAnnouncement/query")
def cninfo_query(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    listed = portals.stories["cninfo"]
    rows = [
        {"secCode": "600717", "secName": "临江港", "announcementId": str(1240000000 + story.number), "announcementTitle": story.title,
         "announcementTime": story.epoch * 1000, "adjunctUrl": f"finalpage/2026-11-22/{1240000000 + story.number}.PDF", "pageColumn": "SHZB"}
        for story in page(portals, "cninfo", query, "pageNum", 5)
    ]  # fmt: skip
    more = int(query.get("pageNum") or 1) * 5 < len(listed)
    return as_json({"totalAnnouncement": len(listed), "announcements": rows or None, "hasMore": more})


@at(r"static\.cninfo\.com\.cn/finalpage/[\d-]+/(\d+)\.PDF")
def cninfo_document(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    return Reply(pdf(portals.story("cninfo", match[1]).text), "application/pdf")


@at(r"(paper|desk|wire|list)\.test/story/(\d+)")
def site_story(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    story = portals.story(match[1], match[2])
    return as_html(
        f"<title>{story.title}</title><meta property='article:published_time' content='{story.published.isoformat()}'>"
        f"<meta property='article:tag' content='{story.part}'></head><body><article><h1>{story.title}</h1>"
        f"{story.paragraphs}<p>{'本报将继续关注该项目的进展，并及时报道各方的说法与数据。' * 3}</p></article>"
    )


def address(story: Story) -> str:
    return f"https://{story.portal}.test/story/{story.number}"


@at(r"paper\.test/feed\.xml")
def paper_rss(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    items = "".join(
        f"<item><title>{story.title}</title><link>{address(story)}</link><guid>{address(story)}</guid><pubDate>{story.published:%a, %d %b %Y %H:%M:%S +0800}</pubDate></item>"
        for story in portals.newest_first("paper")[:5]
    )
    return Reply(
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>早报</title>{items}</channel></rss>'.encode(),
        "application/rss+xml",
    )


@at(r"paper\.test/")
def paper_home(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    return as_html(
        '<title>早报</title><link rel="alternate" type="application/rss+xml" href="/comments/feed.xml">'
        '<link rel="alternate" type="application/rss+xml" title="早报" href="/feed.xml"></head><body><p>欢迎</p>'
    )


@at(r"desk\.test/")
def desk_home(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    return as_html("<title>desk</title></head><body><p>欢迎</p>")


@at(r"desk\.test/robots\.txt")
def desk_robots(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    return Reply(b"User-agent: *\nAllow: /\nSitemap: https://desk.test/sitemap.xml\n", "text/plain")


@at(r"desk\.test/sitemap\.xml")
def desk_index(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    return Reply(
        b'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://desk.test/news.xml</loc></sitemap></sitemapindex>',
        "text/xml",
    )


@at(r"desk\.test/news\.xml")
def desk_sitemap(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    rows = "".join(
        f"<url><loc>{address(story)}</loc><news:news><news:publication_date>{story.published.isoformat()}</news:publication_date><news:title>{story.title}</news:title></news:news></url>"
        for story in portals.newest_first("desk")
    )
    head = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    return Reply(f"{head}{rows}</urlset>".encode(), "text/xml")


@at(r"wire\.test/feed\.json")
def wire_json(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    last = int(query.get("before") or 10**9)
    rows = [story for story in portals.newest_first("wire") if story.number < last][:5]
    items = [
        {"id": address(story), "url": address(story), "title": story.title, "content_html": story.paragraphs + f"<p>{'全文如上，后续进展将另行报道。' * 10}</p>",
         "date_published": story.published.isoformat(), "date_modified": story.updated.isoformat()}
        for story in rows
    ]  # fmt: skip
    following = (
        {"next_url": f"https://wire.test/feed.json?before={rows[-1].number}"}
        if rows and rows[-1].number > 100
        else {}
    )
    return as_json(
        {"version": "https://jsonfeed.org/version/1.1", "title": "通讯社", "items": items, **following}
    )


@at(r"list\.test/")
def list_page(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    rows = "".join(
        f'<li><a href="/story/{story.number}">{story.title}</a></li>'
        for story in portals.newest_first("list")[:30]
    )
    return as_html(
        f"<title>list</title></head><body><ul>{rows}</ul><a href='/about'>关于我们这个很小的网站</a>"
    )


@at(r"[\w.-]+/robots\.txt")
def robots(portals: Portals, match: Any, query: dict[str, str]) -> Reply:
    return Reply(b"User-agent: *\nAllow: /\n", "text/plain")
