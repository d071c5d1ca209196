"""The fetch guard on the connection: what the resolver lets Scrapy's own download handler connect to."""

import socket
from types import SimpleNamespace

import pytest
from scrapy.utils.test import get_crawler
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.guard.fetch_guard import FetchGuard, parse_connect_to
from crawler.guard.resolver import ConnectedElsewhere, GuardedResolver
from tests.websites import news_page

LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "0x7f.1", "2130706433", "127.1", "[::ffff:127.0.0.1]")


@pytest.fixture
def outside(newsroom, websites):
    """A host that the operator named by CONNECT_TO, and that port of this machine that nobody named."""
    port = newsroom.origin.rpartition(":")[2]
    return f"CONNECT_TO=t.example=127.0.0.1:{port}", port


@pytest.mark.parametrize("host", LOOPBACK)
def test_a_redirect_does_not_lead_to_this_machine(websites, crawl, rows, newsroom, outside, host):
    setting, port = outside
    link = websites.redirect("http://t.example/in", f"http://{host}:{port}/a/1.html")
    run = crawl("share", f"url={link}", CONNECT_TO=setting.partition("=")[2], FINEWS_ORIGINS="http://x.example",
                FINEWS_ARTICLE_PAGE="http://x.example/{id}")  # fmt: skip
    assert run.returncode in (3, 69)
    [row] = rows("SELECT outcome, reason FROM links")
    assert row["outcome"] in ("refused", "unreachable")
    assert not newsroom.asked("/a/1.html")


def test_a_name_that_the_operator_gave_is_connected_to_where_he_says(websites, crawl, rows, outside):
    link = websites.put("http://t.example/a/1.html", news_page())
    assert crawl("share", f"url={link}", CONNECT_TO=outside[0].partition("=")[2]).returncode == 0
    assert rows("SELECT count(*) AS n FROM articles") == [{"n": 1}]


def test_a_name_without_an_address_is_unreachable(crawl, rows):
    assert crawl("share", "url=http://no-such-host.invalid/a/1.html").returncode == 69
    [row] = rows("SELECT outcome, reason FROM links")
    assert row["outcome"] == "unreachable"
    assert "no such host" in row["reason"]


@pytest.mark.parametrize("text", ["a=b", "a", "a=127.0.0.1", "a=127.0.0.1:x", "a=name:80"])
def test_connect_to_takes_addresses_alone(text):
    with pytest.raises(ValueError):
        parse_connect_to([text])


def test_a_refusal_names_the_address_and_the_way_out():
    guard = FetchGuard()
    assert guard.permit("intranet.example", 80, ["10.0.0.7", "fd00::1"]) == []
    reason = str(guard.refusal("http://intranet.example/x"))
    assert "10.0.0.7" in reason
    assert "FINEWS_ORIGINS" in reason
    assert guard.refusal("http://other.example/") is None


def test_of_several_addresses_the_public_ones_are_connected_to():
    guard = FetchGuard()
    assert guard.permit("mixed.example", 443, ["10.0.0.7", "93.184.216.34"]) == ["93.184.216.34"]


def test_port_zero_asks_for_the_host_alone():
    """As Twisted resolves a proxy's name."""
    guard = FetchGuard()
    guard.trust_proxy("proxy.example:3128")
    assert guard.is_proxy("proxy.example", 0)
    assert not guard.is_proxy("proxy.example", 80)
    assert not guard.trusts("proxy.example", 3128)


def test_a_free_port_of_this_machine_is_refused_not_tried(crawl, rows, websites, newsroom):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        port = newsroom.origin.rpartition(":")[2]
        target = f"http://localhost:{server.getsockname()[1]}/"
        link = websites.redirect("http://t.example/in", target)
        crawl("share", f"url={link}", CONNECT_TO=f"t.example=127.0.0.1:{port}")
        with pytest.raises(BlockingIOError):
            server.accept()
    assert rows("SELECT outcome FROM links") == [{"outcome": "refused"}]


def test_a_link_in_a_list_is_not_trusted_with_a_private_address(newsroom, crawl, rows):
    """One that was typed is: nobody looks at each line of a list."""
    port = newsroom.origin.rpartition(":")[2]
    link = f"http://localhost:{port}/a/1.html"
    crawl("share", "urls=-", stdin=link)
    assert rows("SELECT outcome FROM links") == [{"outcome": "refused"}]
    assert not newsroom.asked("/a/1.html")
    crawl("share", f"url={link}")
    assert newsroom.asked("/a/1.html")


@implementer(IHostnameResolver)
class NameServer:
    """Answers each name with one list of addresses after the other."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def resolveHostName(self, receiver, name, port=0, types=None, transport="TCP"):
        resolution = ConnectedElsewhere(name)
        receiver.resolutionBegan(resolution)
        for address in self.answers.pop(0):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return resolution


@implementer(IResolutionReceiver)
class Connecting:
    """Collects what would be connected to."""

    def __init__(self):
        self.hosts = []

    def resolutionBegan(self, resolution):
        pass

    def addressResolved(self, address):
        self.hosts.append(address.host)

    def resolutionComplete(self):
        pass


@pytest.mark.parametrize(
    ("answers", "connected"),
    [
        ((["93.184.216.34"], ["127.0.0.1"]), (["93.184.216.34"], [])),
        ((["93.184.216.34"], ["169.254.169.254"]), (["93.184.216.34"], [])),
        ((["10.9.9.9", "2606:2800:220:1::1"],), (["2606:2800:220:1::1"],)),
        ((["fd00::7", "93.184.216.34", "::ffff:127.0.0.1"],), (["93.184.216.34"],)),
        ((["64:ff9b::7f00:1", "0.0.0.0", "::"],), ([],)),
    ],
)
def test_each_answer_of_a_name_server_is_judged_and_is_what_is_connected_to(answers, connected):
    crawler = get_crawler(
        settings_dict={"FINEWS_ORIGINS": "", "FINEWS_PLACES": "", "FINEWS_ARTICLE_PAGE": ""}
    )
    FetchGuard.of(crawler)
    resolver = GuardedResolver(SimpleNamespace(nameResolver=NameServer(*answers)), 0)
    resolver.connect_to = {}
    for hosts in connected:
        connecting = Connecting()
        resolver.resolveHostName(connecting, "rebind.example", 80)
        assert connecting.hosts == hosts
