"""Readers beside the writer: nobody waits, nobody sees half an article."""

import pytest

from tests.bench.readers import together


@pytest.mark.slow
def test_readers_and_the_writer_never_meet(tmp_path):
    met = together(tmp_path / "data", seconds=0, least=600, held=0.2)
    assert met.articles >= 600
    assert [told.errors for told in met.told] == [[], [], [], []]
    assert [told.torn for told in met.told] == [0, 0, 0, 0]
    assert all(told.reads > 0 for told in met.told)
