"""What an answer comes to beside what is known: numbers by value, all else as it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.lab.code_judge import Judgement
from homesmith.lab.custom_tasks import CustomTask, judge_custom


async def judged(answer: str, wanted: str) -> Judgement:
    return await judge_custom(
        None, CustomTask(id="t", suite="s", prompt="a", answer=wanted), answer, ""
    )


@pytest.mark.parametrize(
    ("answer", "wanted", "right"),
    [
        # Letters beside digits are a name, and compared as one.
        ("In hex that is 0xff.", "0xff", True),
        ("In hex that is `0xFF`.", "0xff", True),
        ("In hex that is 0xfe.", "0xff", False),
        ("That is 0.", "0xff", False),
        ("The encoding is UTF-8.", "utf-8", True),
        ("The encoding is UTF-8 (Unicode).", "utf-8", True),
        ("The encoding is latin-8.", "utf-8", False),
        ("It is SHA5.", "SHA5", True),
        ("It is MD5.", "SHA5", False),
        ("It is MD5.", "5", False),
        ("It takes 10 s.", "10k", False),
        # A unit in words is to be said; a sign must not be another one.
        ("It takes 5 miles.", "5 miles", True),
        ("It is 5 Miles away.", "5 miles", True),
        ("It is 1 mile.", "1 miles", True),
        ("It takes 5 km.", "5 miles", False),
        ("It takes 5.", "5 million", False),
        ("It takes 5km.", "5 km", True),
        ("It takes 5 ms.", "5 m", False),
        ("It is 20 °C outside.", "20°C", True),
        ("The result is 84 - 5 = 79 jars.", "79 jars", True),
        ("The result is 84 - 5 = 79 lids.", "79 jars", False),
        ("It costs 5 dollars.", "$5", True),
        ("It costs $5.00 in all.", "$5", True),
        ("It costs 5.", "$5", True),
        ("It costs $5.", "5", True),
        ("It costs 6 dollars.", "$5", False),
        ("It costs €5.", "$5", False),
        ("It costs 5 €.", "5 euros", True),
        ("It costs EUR 5.", "5 euros", True),
        ("It costs 5 dollars.", "5 euros", False),
        ("The share is 5%.", "5 %", True),
        ("The share is 5 percent.", "5 %", True),
        ("The share is 5 per cent.", "5 %", True),
        # A closing zero that is asked for tells 3.10 from 3.1; money and 79.0 are values.
        ("Use Python 3.1.", "3.10", False),
        ("Use 3.10.", "3.10", True),
        ("Use v3.10.", "3.10", True),
        ("Use Python 3.10.", "3.1", False),
        ("Use version 3.10.", "3.1", False),
        ("Use Python 3.1.", "Python 3.10", False),
        ("Use Python 3.10.", "Python 3.1", False),
        ("Use Python 3.10.", "Python 3.10", True),
        ("The mean is 2.50", "2.5", True),
        ("It costs $2.5", "2.50", True),
        ("It costs 2.50 euros", "2.5", True),
        ("It comes to 79.0", "79", True),
        ("It comes to 79.", "79.0", True),
        # What only holds the digits is another thing.
        ("It arrives at 16:25.", "25", False),
        ("The address is 10.0.0.2.", "0.2", False),
        ("The primes are 3,5,7", "3,5,7", True),
        ("It is 357", "3,5,7", False),
        ("There are 1,250,000 of them", "1250000", True),
        ("It falls to \u22125 degrees", "-5", True),
        ("It falls to .5", "0.5", True),
        ("The share is \\frac{3}{4}", "3/4", True),
        ("So \\boxed{79 \\text{ jars}}.", "79 jars", True),
        ("It is _Canberra_.", "Canberra", True),
        ("The share is $\\frac{3}{4}$.", "3/4", True),
        ("The share is 3 / 4.", "3/4", True),
        ("The share is 3:4.", "3/4", False),
        ("It is written in C++.", "C++", True),
        ("It is written in C.", "C++", False),
        ("C++", "C", False),
        ("It is C#.", "C++", False),
        ("The best one is node.js!", "Node.js", True),
        # Words: at the end, before a closing parenthesis, or right behind "the answer is".
        ("The signal is SIGKILL (9).", "SIGKILL", True),
        ("The signal is SIGTERM (15).", "SIGKILL", False),
        ("The answer is Canberra, the capital since 1913.", "Canberra", True),
        ("The answer is not Canberra, but Sydney.", "Canberra", False),
        ("The answer is **Canberra** because Sydney is not.", "Canberra", True),
        ("The answer is Paris, France.", "Paris, France", True),
        # Yes and no open an answer, too.
        ("No, because HTTP is stateless.", "no", True),
        ("**No.** HTTP is stateless.", "no", True),
        ("No, because HTTP is stateless.", "yes", False),
        ("Yes, HTTP has no state.", "yes", True),
        ("Yes, HTTP has no state.", "no", False),
        ("Yes \u2013 it does.", "Yes", True),
        ("No number divides 7, so the answer is yes.", "yes", True),
        ("No number divides 7, so the answer is yes.", "no", False),
        ("No number divides 7: yes", "yes", True),
        ("No, wait.\nYes.", "yes", True),
        ("HTTP is stateless, so no.", "no", True),
        ("There is no state.", "no", False),
        ("False: it never does.", "false", True),
        ("That is not true.", "true", False),
        ("That is not true.", "false", True),
        ("HTTP has a state: that isn't true", "false", True),
        ("That is not always true.", "true", False),
        ("That is true.\n---", "true", True),
        ("It ends? It does not. So true.", "true", True),
        ("The claim that it never ends is true.", "true", True),
        ("True, it does.", "false", False),
        # One of the letters of a choice.
        ("The answer is B) 5 miles.", "B", True),
        ("It is option B.", "B", True),
        ("(C) 5 miles", "B", False),
    ],
)
async def test_an_answer_is_compared_as_what_is_wanted(
    answer: str, wanted: str, right: bool
) -> None:
    found = await judged(answer, wanted)
    assert found.verdict == ("passed" if right else "wrong"), found


@pytest.mark.parametrize(
    ("answer", "wanted", "why"),
    [
        ("The address is 10.0.0.2.", "10.0.0.1", "ends with 10.0.0.2, not 10.0.0.1"),
        ("It was on 2026-04-01.", "2026-03-01", "ends with 2026-04-01, not 2026-03-01"),
        ("It is 2.4.1", "2.4.0", "ends with 2.4.1, not 2.4.0"),
        ("It arrives at 16:26.", "16:25", "ends with 16:26, not 16:25"),
        ("It is 3/2.", "1/2", "ends with 3/2, not 1/2"),
        ("It is SIGTERM (15).", "SIGKILL", "ends with 15, not SIGKILL"),
        ("It is not Sydney.", "Canberra", "ends with Sydney, not Canberra"),
        ("So 78 jars, I say 78.", "79", "concludes 78, not 79"),
        ("It takes 5 km.", "5 miles", "concludes 5 km, not 5 miles"),
        ("It is ten.", "10", "concludes no number, not 10"),
        ("Use 3.1.", "3.10", "concludes 3.1, not 3.10"),
        ("It costs €5.", "$5", "concludes €5, not $5"),
        ("At 16:25.", "25", "concludes 16:25, not 25"),
        ("Yes, always.", "no", "says yes, not no"),
        ("It has none.", "no", "says neither yes nor no, and no was wanted"),
        ("It is a lie.", "true", "says neither true nor false, and true was wanted"),
        ("The answer is C) Venus.", "B", "concludes C, not B"),
        ("It is Venus.", "B", "ends with Venus, not B"),
        ("...", "Canberra", "ends with nothing that can be compared, not Canberra"),
    ],
)
async def test_the_reason_is_what_was_compared(answer: str, wanted: str, why: str) -> None:
    assert (await judged(answer, wanted)).why == why


@given(
    st.text(max_size=120),
    st.sampled_from(["5", "$5", "5 km", "0xff", "no", "B", "3/4", "Paris", "3.10", "\u00b25"]),
)
async def test_no_answer_breaks_the_comparison(answer: str, wanted: str) -> None:
    found = await judged(answer, wanted)
    assert (found.verdict == "passed") == (found.why == "")


@given(st.integers(-(10**6), 10**6), st.sampled_from(["{}", "{}.", "So {:,}", "Hence **{}.00**"]))
async def test_a_number_is_known_however_it_is_written(value: int, way: str) -> None:
    assert (await judged(way.format(value), str(value))).verdict == "passed"
