"""Name resolution that asks the fetch guard: the setting TWISTED_DNS_RESOLVER.

Twisted asks the resolver for every new connection, address literals and redirects included, and connects to what it
answers, so no name can resolve to another address between the check and the connection. A refused host has no address:
the request fails with CannotResolveHostError, which `crawler.middlewares.fetch_guard` turns into the refusal's reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scrapy.resolver import CachingHostnameResolver
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer

from crawler.guard.fetch_guard import FetchGuard, parse_connect_to


@implementer(IResolutionReceiver)
class GuardedReceiver:
    """Collects the addresses of a host and hands on those that a guard permits, once all are there."""

    def __init__(self, receiver: Any, host: str, port: int):
        self.receiver, self.host, self.port = receiver, host, port
        self.addresses: dict[str, Any] = {}

    def resolutionBegan(self, resolution: Any) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        self.addresses[address.host] = address

    def resolutionComplete(self) -> None:
        permitted: set[str] = set()
        for guard in FetchGuard.all():
            addresses = list(self.addresses)
            is_proxy = guard.is_proxy(self.host, self.port)
            permitted.update(addresses if is_proxy else guard.permit(self.host, self.port, addresses))
        for host, address in self.addresses.items():
            if host in permitted:
                self.receiver.addressResolved(address)
        self.receiver.resolutionComplete()


class ConnectedElsewhere:
    """The resolution of a host whose address CONNECT_TO names: done at once, so there is nothing to cancel."""

    def __init__(self, name: str):
        self.name = name

    def cancel(self) -> None:
        """Nothing is under way."""


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching resolver behind the fetch guard; hosts that CONNECT_TO names are connected to elsewhere."""

    connect_to: dict[str, tuple[str, int]]

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        resolver = super().from_crawler(crawler, reactor)
        resolver.connect_to = parse_connect_to(crawler.settings.getlist("CONNECT_TO"))
        return resolver

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[Any]] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """As `IHostnameResolver` has it."""
        place = self.connect_to.get(hostName.rstrip(".").lower()) or self.connect_to.get("*")
        if place is None:
            receiver: Any = GuardedReceiver(resolutionReceiver, hostName, portNumber)
            return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
        address, port = place
        resolution = ConnectedElsewhere(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        kind = IPv6Address if ":" in address else IPv4Address
        resolutionReceiver.addressResolved(kind("TCP", address, port))
        resolutionReceiver.resolutionComplete()
        return resolution
