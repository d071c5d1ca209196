"""A short form of each part of ``make soak``."""

import pytest

from tests.soak.answers import send_malformed
from tests.soak.mutations import mutate_inputs
from tests.soak.polls import poll_for_long


def test_malformed_answers_end_with_an_outcome():
    assert send_malformed(150).startswith("150 malformed answers: ")


def test_changed_inputs_raise_nothing_and_end_in_time():
    assert mutate_inputs(60.0, most=300).startswith("300 inputs ")


@pytest.mark.slow
def test_a_newsroom_that_dies_and_lies_loses_and_doubles_nothing():
    assert " 0 lost, 0 doubled" in poll_for_long(15)
