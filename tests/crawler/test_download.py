"""The download handler against a server on loopback that answers, byte for byte, what a test tells it to."""

import asyncio
import contextlib
import gzip
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.utils.test import get_crawler

from crawler.download import GuardedDownloadHandler
from crawler.fetch_guard import FetchGuard
from pipelines.fetch_errors import FetchRefused

OK = b"HTTP/1.1 200 OK\r\n"


class Server:
    """Answers the n-th request with the n-th of its answers; None: never; ``close`` ends the connection behind it."""

    def __init__(self, answers, close=False):
        self.answers, self.close = list(answers), close
        self.asked: list[bytes] = []
        self.connections = 0
        self.origin = ""

    async def serve(self, reader, writer):
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.asked.append(await reader.readuntil(b"\r\n\r\n"))
                if not self.answers:
                    break
                answer = self.answers.pop(0)
                if answer is None:
                    await reader.read()  # until the client gives up
                    break
                writer.write(answer)
                await writer.drain()
                if self.close:
                    break
        writer.close()


@asynccontextmanager
async def played(*answers, close=False, trusted=True, host="127.0.0.1", tls=None, **settings):
    """A server and a handler; the server's origin trusted or not."""
    server = Server(answers, close)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.origin = f"{'https' if tls else 'http'}://{host}:{listening.sockets[0].getsockname()[1]}"
    crawler = get_crawler(settings_dict={"FINEWS_ARTICLE_PAGE": "", **settings})
    if trusted:
        FetchGuard.of(crawler).trust(server.origin)
    handler = GuardedDownloadHandler.from_crawler(crawler)
    try:
        yield server, handler
    finally:
        await handler.close()
        listening.close()


def fetch(*answers, requests=1, path="/x", headers=None, meta=None, method="GET", **more):
    """The last response to *requests* requests, one after the other; and the server."""

    async def run():
        async with played(*answers, **more) as (server, handler):
            for _ in range(requests):
                request = Request(
                    f"{server.origin}{path}", headers=headers, meta=dict(meta or {}), method=method
                )
                response = await handler.download_request(request)
            return response, server

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (OK + b"Content-Length: 3\r\n\r\nabc", b"abc"),
        (OK + b"content-length:3\r\n\r\nabc", b"abc"),
        (OK + b"Content-Length: 0\r\n\r\n", b""),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n",
            b"abcde",
        ),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK + b"Content-Length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.0 200 OK\nContent-Length: 3\n\nabc", b"abc"),
        (b"HTTP/1.1 204\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b""),
    ],
)
def test_bodies(answer, body):
    assert fetch(answer)[0].body == body


def test_a_body_without_a_length_goes_to_the_end_of_the_connection():
    response, server = fetch(OK + b"\r\nabc", OK + b"\r\nde", requests=2, close=True)
    assert response.body == b"de"
    assert server.connections == 2


def test_what_is_sent_and_what_comes_back():
    answer = b"HTTP/1.1 404 Not Found\r\nX-a: 1\r\nx-A: 2\r\nFolded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}"
    response, server = fetch(answer, path="/p/q?r=1&s#t", headers={"X-Mine": "m"})
    first, *lines = server.asked[0].decode().split("\r\n")
    assert first == "GET /p/q?r=1&s HTTP/1.1"
    assert f"Host: {server.origin.removeprefix('http://')}" in lines
    assert "X-Mine: m" in lines
    assert response.status == 404
    assert response.headers.getlist("X-A") == [b"1", b"2"]
    assert response.headers["folded"] == b"a b"
    assert str(response.ip_address) == "127.0.0.1"


def test_a_compressed_body_is_left_to_the_middleware():
    packed = gzip.compress(b"abc")
    answer = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    assert fetch(answer)[0].body == packed


def test_redirects_are_left_to_the_middleware():
    response, server = fetch(b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n")
    assert response.status == 302
    assert len(server.asked) == 1


def test_a_head_has_no_body():
    assert fetch(OK + b"Content-Length: 9\r\n\r\n", method="HEAD")[0].body == b""


def test_a_connection_is_kept():
    answer = OK + b"Content-Length: 1\r\n\r\na"
    assert fetch(answer, answer, answer, requests=3)[1].connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Connection: close\r\nContent-Length: 1\r\n\r\na",
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
        OK
        + b"Content-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",  # answers nobody asked for
    ],
)
def test_a_connection_is_not_kept(answer):
    response, server = fetch(answer, answer, requests=2)
    assert server.connections == 2
    assert response.body == b"a"


def test_a_kept_connection_that_the_server_closes_is_opened_again():
    async def run():
        answer = OK + b"Content-Length: 1\r\n\r\na"
        async with played(answer, answer, close=True) as (server, handler):
            for _ in range(2):  # the second is sent before the end of the connection is seen
                response = await handler.download_request(Request(server.origin))
            return response.body, server.connections

    assert asyncio.run(run()) == (b"a", 2)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (OK + b"Content-Length: 9\r\n\r\nabc", ResponseDataLossError),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc", ResponseDataLossError),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", ResponseDataLossError),
        (b"", DownloadFailedError),
        (b"HTTP/1.1 200 OK\r\nContent-", DownloadFailedError),
        (b"SSH-2.0-OpenSSH\r\n\r\n", DownloadFailedError),
        (OK + b"no header\r\n\r\n", DownloadFailedError),
        (OK + b"Content-Length: -1\r\n\r\n", DownloadFailedError),
        (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", DownloadFailedError),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabcde", DownloadFailedError),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", DownloadFailedError),
        (OK + b"X: " + b"a" * 100_000 + b"\r\n\r\n", DownloadFailedError),
    ],
)
def test_broken_answers(answer, error):
    with pytest.raises(error):
        fetch(answer, close=True)


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 11\r\n\r\n",  # told before a byte of it is read
        OK + b"Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n",
        OK + b"Connection: close\r\n\r\n" + b"a" * 11,
    ],
)
@pytest.mark.parametrize("limit", [{"meta": {"download_maxsize": 10}}, {"DOWNLOAD_MAXSIZE": 10}])
def test_too_large_a_body_is_stopped(answer, limit):
    with pytest.raises(DownloadCancelledError):
        fetch(answer, **limit)


def test_a_body_of_the_limit_is_none_too_large():
    answer = OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n5\r\nabcde\r\n0\r\n\r\n"
    assert len(fetch(answer, DOWNLOAD_MAXSIZE=10)[0].body) == 10


@pytest.mark.parametrize("answer", [None, OK + b"Content-Length: 9\r\n\r\nabc"])
def test_a_server_that_hangs_is_given_up(answer):
    with pytest.raises(DownloadTimeoutError):
        fetch(answer, meta={"download_timeout": 0.2})


def test_nobody_there():
    async def run():
        async with played() as (server, handler):
            pass
        await handler.download_request(Request(server.origin))

    with pytest.raises(DownloadConnectionRefusedError):
        asyncio.run(run())


def test_no_such_host():
    async def run():
        async with played() as (_, handler):
            await handler.download_request(Request("http://nowhere.invalid/"))

    with pytest.raises(CannotResolveHostError):
        asyncio.run(run())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1"])
def test_a_private_address_that_nobody_named_is_not_even_connected_to(host):
    async def run():
        async with played(trusted=False, host=host) as (server, handler):
            with pytest.raises(FetchRefused, match="no public address"):
                await handler.download_request(Request(f"{server.origin}/"))
            return server.connections

    assert asyncio.run(run()) == 0


def test_trust_in_one_origin_is_none_in_another_port():
    async def run():
        async with played() as (_, handler), played() as (other, _):
            with pytest.raises(FetchRefused):
                await handler.download_request(Request(f"{other.origin}/"))
            return other.connections

    assert asyncio.run(run()) == 0


@pytest.fixture
def tls(tmp_path):
    """A server's TLS context with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "both.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


def test_a_certificate_is_checked(tls):
    answer = OK + b"Content-Length: 1\r\n\r\na"
    with pytest.raises(DownloadFailedError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(answer, tls=tls, host="localhost", DOWNLOAD_VERIFY_CERTIFICATES=True)
    assert fetch(answer, tls=tls, host="localhost", DOWNLOAD_VERIFY_CERTIFICATES=False)[0].body == b"a"
