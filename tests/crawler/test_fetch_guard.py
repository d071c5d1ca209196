"""What may be fetched: addresses of the public Internet, and what the operator named."""

import asyncio

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from crawler.guard.fetch_guard import FetchGuard, origin_of, parse_connect_to
from crawler.guard.public_addresses import NOT_PUBLIC_IPV4, is_metadata, is_public
from crawler.middlewares.fetch_guard import FetchGuardMiddleware
from crawler.spiders.feeds import FeedsSpider
from pipelines.fetch_errors import FetchRefused


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "fec0::1", "64:ff9b:1::1", "::ffff:0:10.0.0.1", "192.0.0.192", "192.0.0.9",
        "3fff::1", "5f00::1", "2001:db8::1", "2001::1", "2001:2::1", "2001:10::1", "100::1", "fc00::1", "198.18.0.1", "192.0.2.1",
        "198.51.100.7", "203.0.113.9", "192.88.99.1", "240.0.0.1", "ff0e::1", "4000::1", "2002:a00:1::", "::ffff:100.64.0.1",
    ],
)  # fmt: skip
def test_private_addresses_in_every_form_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "8.8.8.8",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "::ffff:0:8.8.8.8",
        "2002:808:808::",
        "2400:3200::1",
        "192.31.196.1",
        "100.128.0.1",
        "172.32.0.1",
        "2a00::1",
        "3ffe::1",
    ],
)
def test_public_addresses_are(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://A.example/x", ("http", "a.example", 80)),
        ("https://a.example:8443", ("https", "a.example", 8443)),
        ("http://[::1]:81/", ("http", "::1", 81)),
        ("http://user:pw@a.example./", ("http", "a.example", 80)),
        ("file:///etc/passwd", None),
        ("//a.example/x", None),
        ("http://a.example:99999/", None),
        ("http://", None),
    ],
)
def test_origins(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize("network", NOT_PUBLIC_IPV4, ids=str)
def test_each_block_is_refused_from_its_first_address_to_its_last(network):
    assert not is_public(str(network[0]))
    assert not is_public(str(network[-1]))
    assert not is_public(f"::ffff:{network[-1]}")


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "::ffff:169.254.169.254", "100.100.100.200", "fd00:ec2::254"]
)
def test_a_typed_link_does_not_lead_to_a_metadata_service(address):
    assert is_metadata(address)
    guard = FetchGuard()
    guard.trust_link("http://meta.example/latest")
    assert guard.permit("meta.example", 80, [address]) == []
    guard.trust("http://meta.example")
    assert guard.permit("meta.example", 80, [address]) == [address]


def test_a_typed_link_may_lead_to_a_private_address():
    guard = FetchGuard()
    guard.trust_link("http://wiki.intranet:8080/a")
    assert guard.permit("wiki.intranet", 8080, ["10.0.0.7"]) == ["10.0.0.7"]
    assert guard.permit("wiki.intranet", 80, ["10.0.0.7"]) == []


def test_trust_is_by_host_and_port():
    guard = FetchGuard()
    guard.trust("http://127.0.0.1:8000/news?x=1")
    assert guard.trusts("127.0.0.1", 8000)
    assert not guard.trusts("127.0.0.1", 8001)
    assert not guard.trusts("127.0.0.2", 8000)


@pytest.mark.parametrize("address", ["::127.0.0.1", "::10.0.0.1", "::", "::1", "fe80::1%eth0", "0.0.0.0"])
def test_an_ipv4_address_in_another_coat_is_told(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.170.2",
        "169.254.170.23",
        "169.254.0.23",
        "fd00:ec2::23",
        "fe80::a9fe:a9fe",
        "192.0.0.192",
        "168.63.129.16",
        "fd20:ce::254",
        "::ffff:100.100.100.200",
        "fe80::1",
    ],
)
def test_metadata_services_are_known_by_their_addresses_alone(address):
    assert is_metadata(address) == (address != "fe80::1")
    guard = FetchGuard()
    assert guard.permit("news.example", 443, [address]) == []


def test_an_address_is_permitted_beside_one_that_is_not():
    guard = FetchGuard()
    assert guard.permit("news.example", 443, ["10.0.0.7", "93.184.216.34"]) == ["93.184.216.34"]
    assert guard.refusals == {}
    assert guard.refusal("https://news.example/a") is None
    assert guard.permit("news.example", 443, []) == []
    assert guard.refusals == {}


def test_a_refusal_names_host_and_first_address_and_is_of_its_port():
    guard = FetchGuard()
    assert guard.permit("News.Example.", 80, ["10.0.0.7", "10.0.0.8"]) == []
    refusal = guard.refusal("http://news.example/a")
    assert "is at 10.0.0.7, which is not a public address" in str(refusal)
    assert guard.refusal("https://news.example/a") is None
    assert guard.refusal("file:///etc/passwd") is None


def test_any_port_of_a_named_host_is_meant_by_port_0():
    guard = FetchGuard()
    guard.trust("https://wiki.intranet:8443/")
    guard.trust("not an address")
    assert guard.trusts("WIKI.intranet.", 0)
    assert not guard.trusts("wiki.intranet", 443)
    assert not guard.trusts("other.intranet", 0)


def test_a_crawl_has_one_guard_that_trusts_what_its_settings_name():
    crawler = get_crawler(
        settings_dict={
            "FINEWS_ORIGINS": ["http://127.0.0.1:8000", " https://wiki.intranet "],
            "FINEWS_PLACES": ["http://places.intranet/{id}"],
            "FINEWS_ARTICLE_PAGE": None,
        }
    )
    guard = FetchGuard.of(crawler)
    assert FetchGuard.of(crawler) is guard
    assert guard in FetchGuard.all()
    assert guard.trusted == {
        ("http", "127.0.0.1", 8000),
        ("https", "wiki.intranet", 443),
        ("http", "places.intranet", 80),
    }


def test_the_setting_that_leads_hosts_elsewhere():
    places = parse_connect_to([" News.example=127.0.0.1:8000", "*=[::1]:81"])
    assert places == {"news.example": ("127.0.0.1", 8000), "*": ("::1", 81)}
    with pytest.raises(ValueError):
        parse_connect_to(["news.example=localhost:8000"])


def test_a_proxy_is_given_no_name_of_which_it_could_choose_a_private_address():
    guard = FetchGuard()
    assert guard.permit("news.example", 80, ["93.184.216.34", "10.0.0.7"], all_of_them=True) == []
    assert "is at 10.0.0.7" in str(guard.refusal("http://news.example/a"))
    assert guard.permit("paper.example", 80, ["93.184.216.34"], all_of_them=True) == ["93.184.216.34"]


@pytest.mark.parametrize("address", ["http://127.0.0.1:3128/manager", "http://localhost:3128/manager"])
@pytest.mark.parametrize("through_it", [True, False])
def test_content_cannot_ask_a_proxy_for_pages_of_its_own(address, through_it):
    guard = FetchGuard()
    middleware = FetchGuardMiddleware(guard, FeedsSpider())
    proxy = address.removesuffix("/manager")
    passed = middleware.process_request(Request("http://93.184.216.34/", meta={"proxy": proxy}))
    assert passed is None
    assert guard.is_proxy(proxy[7:-5], 3128)
    assert guard.is_proxy(proxy[7:-5], 0)  # as Twisted resolves its name
    asked = Request(address, meta={"proxy": proxy} if through_it else {})

    async def ask() -> None:
        if (judging := middleware.process_request(asked)) is not None:
            await judging

    with pytest.raises(FetchRefused, match=r"not a public address"):
        asyncio.run(ask())
