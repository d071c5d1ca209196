"""Readers beside the writer: nobody waits, nobody sees half an article."""

from tests.bench.readers import together


def test_readers_and_the_writer_never_meet(tmp_path):
    count, met = together(tmp_path / "data", seconds=0, least=600)
    assert count >= 600
    assert [told.errors for told in met] == [[], [], []]
    assert [told.torn for told in met] == [0, 0, 0]
    assert sum(told.reads for told in met) > 0
