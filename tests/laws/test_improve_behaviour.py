"""Who agrees with whom: an accident says nothing, and of equals the earliest stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from homesmith.improve.behaviour import Behaviour, agreement, differing, ending, most_agreed
from homesmith.improve.execution import Result

ONE, TWO = Result(kind="value", shown="1"), Result(kind="value", shown="2")
FAILED, ENDLESS = Result(kind="raised", shown="IndexError"), Result(kind="endless")
REFUSED = Result(kind="refused", shown="ValueError")
RUNS = st.lists(
    st.tuples(*[st.sampled_from([ONE, TWO, FAILED, ENDLESS, REFUSED])] * 4), min_size=1, max_size=6
)


def test_an_accident_neither_agrees_nor_contradicts() -> None:
    careful, careless, other = (ONE, TWO), (ONE, FAILED), (ONE, REFUSED)
    assert (agreement(careful, careful), agreement(careful, careless)) == (1.0, 0.5)
    assert differing(careful, other) == [1]
    found = most_agreed([careless, careless, careful])
    assert (found.best, found.agreed) == (2, True)  # answers what they cannot
    assert most_agreed([careful, other, other]).best == 1
    assert agreement((FAILED, ONE), (ONE, FAILED)) == 0


def test_one_that_mostly_fails_wins_over_nothing() -> None:
    one, two, failing = (ONE, ONE, ONE), (ONE, TWO, TWO), (ONE, FAILED, ENDLESS)
    found = most_agreed([one, two, failing])
    assert (found.best, found.rival, found.agreed) == (0, 1, False)
    assert most_agreed([one, failing, two, two]).best == 2
    assert most_agreed([failing, failing, one]).best == 2


def test_values_are_compared_without_what_does_not_matter() -> None:
    one = Result(kind="value", shown="{8, 0}", plain="{0, 8}")
    two = Result(kind="value", shown="{0, 8}", plain="{0, 8}")
    assert agreement((one,), (two,)) == 1


def test_of_those_that_say_the_same_one_that_ends_goes_first() -> None:
    slow, junk, quick = [
        (*[ONE] * 6, *last) for last in ((FAILED, ENDLESS), (TWO, ENDLESS), (ONE, ONE))
    ]
    ran = [junk, slow, quick, slow]
    best = most_agreed(ran).best
    assert (best, ending(ran, best)) == (1, 2)
    assert ending([slow, (TWO,) * 8], 0) == 0  # it ends, and says something else
    assert ending([quick, quick], 1) == 1


def test_those_that_agree_with_neither_side_with_one_of_the_best_two() -> None:
    one, two = (ONE, ONE, ONE), (ONE, TWO, TWO)
    third = (TWO, TWO, TWO)
    assert most_agreed([one, two]).best == 0
    found = most_agreed([one, two, third])
    assert (found.best, found.support, found.rival, found.against) == (1, 2, 0, 1)


@given(RUNS)
def test_the_first_stays_unless_more_is_said_for_another(ran: list[Behaviour]) -> None:
    found = most_agreed(ran)
    assert 0 <= found.support <= len(ran)
    assert found.support >= found.against or found.best < (found.rival or 0)
    if found.rival is not None:
        assert differing(ran[found.best], ran[found.rival])
    if len({*ran}) == 1:
        assert found.best == 0
    if found.agreed:
        others = [one for at, one in enumerate(ran) if at != found.best]
        assert any(agreement(ran[found.best], one) for one in others)
