"""Who agrees with whom: an accident says nothing, and of equals the earliest stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from homesmith.improve.behaviour import Behaviour, agree, contradict, standing
from homesmith.improve.execution import Result

ONE, TWO = Result(kind="value", shown="1"), Result(kind="value", shown="2")
FAILED, ENDLESS = Result(kind="raised", shown="IndexError"), Result(kind="endless")
REFUSED = Result(kind="refused", shown="ValueError")
RUNS = st.lists(
    st.tuples(*[st.sampled_from([ONE, TWO, FAILED, ENDLESS, REFUSED])] * 4), min_size=1, max_size=6
)


def test_an_accident_neither_agrees_nor_contradicts() -> None:
    careful, careless, other = (ONE, TWO), (ONE, FAILED), (ONE, REFUSED)
    assert agree(careful, careless)
    assert contradict(careful, other)
    found = standing([careless, careless, careful])
    assert (found.best, found.support, found.agreed) == (2, 3, True)  # answers what they cannot
    assert standing([careful, other, other]).best == 1
    assert not agree((FAILED, ONE), (ONE, FAILED))


def test_those_that_agree_with_neither_side_with_one_of_the_best_two() -> None:
    one, two = (ONE, ONE, ONE), (ONE, TWO, TWO)
    third = (TWO, TWO, TWO)
    assert standing([one, two]).best == 0
    found = standing([one, two, third])
    assert (found.best, found.support, found.rival, found.against) == (1, 2, 0, 1)


@given(RUNS)
def test_the_first_stays_unless_more_agree_on_something_or_more_is_answered(
    ran: list[Behaviour],
) -> None:
    found = standing(ran)
    assert 0 < found.support <= len(ran)
    assert found.support >= found.against
    if found.rival is not None:
        assert contradict(ran[found.best], ran[found.rival])
    if len({*ran}) == 1:
        assert found.best == 0
    if found.agreed:
        assert any(agree(ran[found.best], one) for at, one in enumerate(ran) if at != found.best)
