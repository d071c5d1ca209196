"""The newsroom plays the source as the format says, and its faults do what they say."""


def test_feeds_list_what_is_published(newsroom):
    assert newsroom.listed("rolling")
