"""Short forms of those parts of ``make soak`` that need no clock: polls and kills have tests of their own."""

from tests.soak.answers import send_malformed
from tests.soak.mutations import mutate_inputs


def test_malformed_answers_end_with_an_outcome():
    assert send_malformed(150).startswith("150 malformed answers: ")


def test_changed_inputs_raise_nothing_and_end_in_time():
    assert mutate_inputs(60.0, most=300).startswith("300 inputs ")
