"""The proxy that a browser goes through: what it refuses it does not connect to, what it permits it hands on unchanged."""

import asyncio
import base64

import pytest

from crawler.guard.fetch_guard import FetchGuard
from crawler.guard.guard_proxy import USER, GuardProxy
from tests.websites import news_page

PAGE = news_page()


@pytest.fixture
def port(newsroom, websites):
    """Of the newsroom, which is news.example, too."""
    websites.put("http://news.example/a/1.html?x=1", PAGE)
    return int(newsroom.origin.rpartition(":")[2])


async def send(proxy, target, *lines, method="GET", password=None, behind=b""):
    """What *proxy* answers to a request."""
    secret = base64.b64encode(f"{USER}:{password or proxy.password}".encode()).decode()
    reader, writer = await asyncio.open_connection(*proxy.url.removeprefix("http://").split(":"))
    head = (f"{method} {target} HTTP/1.1", f"Proxy-Authorization: Basic {secret}", *lines, "", "")
    writer.write("\r\n".join(head).encode() + behind)
    answer = await reader.read()
    writer.close()
    return answer


def ask(port, target, *lines, guard=None, **options):
    """What the proxy answers to a request; news.example is at *port* of this machine."""

    async def run():
        async with GuardProxy(guard or FetchGuard(), {"news.example": ("127.0.0.1", port)}, 10) as proxy:
            return await send(proxy, target, *lines, **options)

    return asyncio.run(run())


def test_http_is_handed_on(port, newsroom):
    answer = ask(
        port, "http://news.example/a/1.html?x=1", "Host: news.example", "Connection: keep-alive", "X-Own: 1"
    )
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nConnection: close" in head
    assert body == PAGE
    [(path, headers)] = newsroom.request_headers
    assert path == "/a/1.html?x=1"
    assert headers["x-own"] == "1"
    assert "proxy-authorization" not in headers


def test_a_tunnel_is_handed_on_in_both_directions(port, newsroom):
    request = b"GET /a/1.html?x=1 HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n"
    answer = ask(port, "news.example:443", method="CONNECT", behind=request)
    assert answer.startswith(b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 ")
    assert answer.endswith(PAGE)


def test_a_body_is_handed_on(port, newsroom):
    answer = ask(port, "http://news.example/form", "Host: news.example", "Content-Length: 4", method="POST", behind=b"a=bc")  # fmt: skip
    assert answer.startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize("method", ["GET", "CONNECT"])
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "LOCALHOST", "127.1", "0x7f.1", "2130706433", "[::1]",
     "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.7", "169.254.169.254", "[fd00::1]"],
)  # fmt: skip
def test_private_addresses_and_names_that_lead_there_are_refused(port, newsroom, host, method):
    target = f"{host}:{port}" if method == "CONNECT" else f"http://{host}:{port}/secret"
    answer = ask(port, target, method=method)
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"not a public address" in answer
    assert newsroom.requests == []


def test_what_the_operator_named_is_connected_to(port, newsroom):
    guard = FetchGuard()
    guard.trust(newsroom.origin)
    assert ask(port, f"{newsroom.origin}/robots.txt", guard=guard).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("method", ["GET", "CONNECT"])
def test_nobody_but_the_crawls_own_browser_is_served(port, newsroom, method):
    answer = ask(port, "http://news.example/a/1.html?x=1" if method == "GET" else "news.example:443", method=method, password="guess")  # fmt: skip
    assert answer.startswith(b"HTTP/1.1 407 ")
    assert b"Proxy-Authenticate: Basic" in answer
    assert newsroom.requests == []


def test_a_missing_name_is_a_bad_gateway(port):
    assert ask(port, "http://no-such-host.invalid/").startswith(b"HTTP/1.1 502 ")


@pytest.fixture
def ask_through_a_proxy(port, monkeypatch):
    """What the proxy answers where the environment names another one, which alone knows news.example."""

    def run(target, *lines, method="GET", behind=b"", password=None):
        async def chained():
            async with GuardProxy(FetchGuard(), {"news.example": ("127.0.0.1", port)}, 10, False) as outer:
                address = f"http://{USER}:{password or outer.password}@{outer.url.removeprefix('http://')}"
                for scheme in ("http", "https"):
                    monkeypatch.setenv(f"{scheme}_proxy", address)
                monkeypatch.setenv("no_proxy", "localhost")
                async with GuardProxy(FetchGuard(), {}, 10) as inner:
                    return await send(inner, target, *lines, method=method, behind=behind)

        return asyncio.run(chained())

    return run


def test_http_goes_on_through_the_operators_proxy(ask_through_a_proxy, newsroom):
    answer = ask_through_a_proxy("http://news.example/a/1.html?x=1", "Host: news.example")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(PAGE)
    [(path, headers)] = newsroom.request_headers
    assert path == "/a/1.html?x=1"
    assert "proxy-authorization" not in headers


def test_a_tunnel_goes_on_through_the_operators_proxy(ask_through_a_proxy):
    request = b"GET /a/1.html?x=1 HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n"
    answer = ask_through_a_proxy("news.example:443", method="CONNECT", behind=request)
    assert answer.startswith(b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 ")
    assert answer.endswith(PAGE)


def test_a_tunnel_that_the_operators_proxy_does_not_open_is_a_bad_gateway(ask_through_a_proxy):
    answer = ask_through_a_proxy("news.example:443", method="CONNECT", password="old")
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert b"407" in answer


@pytest.mark.parametrize("host", ["10.0.0.7", "localhost", "0x7f.1"])
def test_private_addresses_are_refused_before_the_operators_proxy_is_asked(
    ask_through_a_proxy, newsroom, host
):
    for answer in (
        ask_through_a_proxy(f"http://{host}/secret"),
        ask_through_a_proxy(f"{host}:443", method="CONNECT"),
    ):
        assert answer.startswith(b"HTTP/1.1 403 ")
    assert newsroom.requests == []


@pytest.mark.parametrize("target", ["/a/1.html", "ftp://news.example/a", "http:///a", "file:///etc/passwd"])
def test_anything_but_http_is_refused(port, newsroom, target):
    assert ask(port, target).startswith(b"HTTP/1.1 400 ")
    assert newsroom.requests == []


@pytest.mark.parametrize(
    "raw", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00" * 99, b"GET http://[ HTTP/1.1\r\n\r\n"]
)
def test_what_is_not_http_ends_the_connection_and_nothing_else(port, raw):
    async def run():
        async with GuardProxy(FetchGuard(), {}, 10) as proxy:
            address = proxy.url.removeprefix("http://").split(":")
            for _ in range(2):
                reader, writer = await asyncio.open_connection(*address)
                writer.write(raw)
                writer.write_eof()
                answer = await reader.read()
                assert not answer or answer.startswith(b"HTTP/1.1 4")
                writer.close()

    asyncio.run(run())


def test_open_tunnels_end_with_the_proxy(port):
    async def run():
        async with GuardProxy(FetchGuard(), {"news.example": ("127.0.0.1", port)}, 10) as proxy:
            secret = base64.b64encode(f"{USER}:{proxy.password}".encode()).decode()
            reader, writer = await asyncio.open_connection(*proxy.url.removeprefix("http://").split(":"))
            writer.write(
                f"CONNECT news.example:443 HTTP/1.1\r\nProxy-Authorization: Basic {secret}\r\n\r\n".encode()
            )
            await reader.readuntil(b"\r\n\r\n")
        assert await reader.read() == b""
        assert proxy.connections == set()

    asyncio.run(run())
