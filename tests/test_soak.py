"""Short forms of parts of ``make soak``: kills have tests of their own."""

import pytest

from tests.soak.answers import send_malformed
from tests.soak.mutations import mutate_inputs
from tests.soak.polls import poll_for_long


def test_malformed_answers_end_with_an_outcome():
    assert send_malformed(150).startswith("150 malformed answers: ")


def test_changed_inputs_raise_nothing_and_end_in_time():
    assert mutate_inputs(60.0, most=300).startswith("300 inputs ")


@pytest.mark.slow
def test_polls_back_to_back_lose_and_double_nothing():
    assert poll_for_long(30).startswith("30 polls, ")
