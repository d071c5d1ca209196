"""The records as `ItemAdapter`, and with it every pipeline and exporter, sees them."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from itemadapter import ItemAdapter
from itemadapter.adapter import DataclassAdapter

from crawler.items import Article, LinkOutcome, RecordAdapter

ARTICLE = Article(
    id="finews:1", site="finews", retrieved_at=datetime(2026, 1, 1, tzinfo=UTC), headline="标题"
)
OUTCOME = LinkOutcome(link="http://a.example/1", outcome="gone")


@pytest.mark.parametrize("item", [ARTICLE, OUTCOME], ids=["article", "outcome"])
def test_it_sees_what_itemadapter_sees_of_a_dataclass(item):
    adapter, standard = ItemAdapter(item), DataclassAdapter(item)
    assert isinstance(adapter.adapter, RecordAdapter)
    assert dict(adapter) == dict(standard)
    assert list(adapter.field_names()) == [field.name for field in fields(item)]
    assert ItemAdapter.get_field_names_from_class(type(item)) == [field.name for field in fields(item)]
    assert len(adapter) == len(standard)


def test_a_field_is_set_on_the_item():
    article = Article(id="finews:1", site="finews", retrieved_at=datetime(2026, 1, 1, tzinfo=UTC))
    ItemAdapter(article)["headline"] = "另一标题"
    assert article.headline == "另一标题"


@pytest.mark.parametrize(
    "access", [lambda adapter: adapter["nothing"], lambda adapter: adapter.__setitem__("nothing", 1)]
)
def test_a_field_that_is_not_there_is_a_key_error(access):
    with pytest.raises(KeyError):
        access(ItemAdapter(ARTICLE))


def test_other_items_keep_their_adapters():
    assert ItemAdapter({"a": 1})["a"] == 1
