"""An item by its field names, whatever its class."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from itemadapter import ItemAdapter

Record = MutableMapping[str, Any]


class Attributes(MutableMapping[str, Any]):
    """The fields of a dataclass instance, as `ItemAdapter` has them, without the list of fields that it makes for each
    instance: 9 pipelines and 120 reads an article cost 40 µs this way and 160 µs that way.

    >>> from dataclasses import make_dataclass
    >>> record = Attributes(make_dataclass("Story", ["title"])("涨"))
    >>> record["title"], record.get("author", "?"), "author" in record
    ('涨', '?', False)
    """

    __slots__ = ("item",)

    def __init__(self, item: Any):
        self.item = item

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self.item, name)
        except AttributeError:
            raise KeyError(name) from None

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self.item, name, default)

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self.item.__dataclass_fields__:
            raise KeyError(f"{type(self.item).__name__} has no field {name}")
        setattr(self.item, name, value)

    def __delitem__(self, name: str) -> None:
        raise TypeError("the fields of a dataclass stay")

    def __iter__(self) -> Iterator[str]:
        return iter(self.item.__dataclass_fields__)

    def __len__(self) -> int:
        return len(self.item.__dataclass_fields__)


def record_of(item: Any) -> Record:
    """The fields of an item: a dict, a dataclass instance, or what else `itemadapter` knows."""
    return Attributes(item) if hasattr(item, "__dataclass_fields__") else ItemAdapter(item)
