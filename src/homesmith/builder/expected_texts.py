"""Rules about what a page says of its entries: how many, how much, that there is none.

They do not know what is done to an entry, but that it is added, pressed or ticked off.
"""

from __future__ import annotations

import re

from homesmith.builder.expected_choices import FINISHED, narrowing
from homesmith.builder.literals import TICKED, given, quoted
from homesmith.builder.mentions import texts_after
from homesmith.builder.surface import SECOND, VALUES, Surface, step, within
from homesmith.core.steps import Step

BEGINS = re.compile(
    r"`([A-Za-z][\w-]*)`[^`.;]{0,30}?\b(?:begins?|starts?|initially|at first)\b"
    r"(?: at| with| as| shows?)?\s+[\"“]?([$€£]?-?\d[\d.:,]*)"
)
TOTAL = re.compile(r"(?:^|-)(?:total|sum)$")
NUMBERED = re.compile(r"(\d) [A-Za-z][A-Za-z ]{2,30}$")
ALL_THE_SAME = re.compile(r"\b(?:whichever|whatever|no matter which|regardless of)\b[^.]*\bfilter")
LEFT = re.compile(r"\b(?:left|open|remaining|still|to do|undone|unfinished|not done)\b")
EMPTY_PLACE = re.compile(r"(?:^|-)(?:empty|none|nothing|placeholder)(?:-|$)")
MONEY = re.compile(r"([$€£])\d+\.\d\d$")


def counts(app: Surface, sentence: str) -> tuple[Step, ...]:
    """`count` shows "2 items left": that many entries bring that text, and a done one less."""
    names = [name for name in TICKED.findall(sentence) if name in app.page.names]
    outputs = [name for name in names if app.page.control(name) is None]
    forms = {name: _numbered(texts_after(name, sentence, names)) for name in outputs}
    place = next((name for name in outputs if forms[name]), "")
    told, mark = forms.get(place, {}), app.mark
    done = FINISHED.search(sentence) and not LEFT.search(sentence)  # not of all that are added
    if not app.grows or not told or done:
        return ()
    steps: list[Step] = [step("see", place, told[0])] if 0 in told else []
    most = min(max(told), 3)
    for number in range(1, most + 1):
        steps += app.add(f"Sample {number}")
        steps += [step("see", place, told[number])] if number in told else []
    if mark and most - 1 in told and LEFT.search(sentence):
        steps += [step("check", mark), step("see", place, told[most - 1])]
        if narrowed := ALL_THE_SAME.search(sentence) and narrowing(app):
            steps += [step("click", narrowed), step("see", place, told[most - 1])]
    return tuple(steps)


def _numbered(texts: list[str]) -> dict[int, str]:
    return {int(found[1]): text for text in texts if (found := NUMBERED.match(text))}


def says_empty(app: Surface, sentence: str) -> tuple[Step, ...]:
    """What is shown while there is no entry, and no longer when there is one."""
    place, texts = app.place(sentence), quoted(sentence)
    if not app.grows or not texts or not EMPTY_PLACE.search(place):
        return ()
    text = texts[-1]
    return (step("see", place, text), *app.add(), step("not_see", place, text))


def counts_parts(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A member of an entry says how many of its alike buttons, such as day-1, day-2, are on."""
    members = app.page.repeated
    shown = next((name for name in TICKED.findall(sentence) if name in members), "")
    forms = _numbered(texts_after(shown, sentence, ())) if shown else {}
    starts = [name.rpartition("-")[0] for name in members]
    start = next((one for one in starts if one and starts.count(one) > 2), "")
    if not app.grows or not forms or not start or "how many" not in sentence:
        return ()
    first, second = [name for name in members if name.startswith(f"{start}-")][:2]
    return (
        *app.add(),
        step("click", first),
        step("see", shown, "1"),
        step("click", second),
        step("see", shown, "2"),
        step("reload"),
        step("click", second),
        step("see", shown, "1"),
    )


def priced(app: Surface, sentence: str) -> tuple[Step, ...]:
    """An entry shows its amount in the form of the example."""
    amounts = [item for item in app.fields if item.kind == "number" and not item.value]
    shown = next((found[1] for text in given(sentence) if (found := MONEY.match(text))), "")
    if not app.grows or len(amounts) != 1 or not shown or f"`{app.entry}`" not in sentence:
        return ()
    return (*app.add(), step("see", app.entry, f"{shown}{float(within(amounts[0])):.2f}"))


def totals(app: Surface, sentence: str) -> tuple[Step, ...]:
    """Two entries with the same number: their sum is shown."""
    numbers = [item for item in app.fields if item.kind == "number" and not item.value]
    names = [name for name in TICKED.findall(sentence) if name in app.page.names]
    total = next((name for name in names if TOTAL.search(name)), "")
    if not app.grows or not total or len(numbers) != 1 or within(numbers[0]) != VALUES["number"]:
        return ()
    amounts = [found[1] for text in given(sentence) if (found := MONEY.match(text))]
    sum_ = 2 * int(VALUES["number"])
    twice = f"{amounts[0]}{sum_:.2f}" if amounts else str(sum_)
    return (*app.add(), *app.add(SECOND), step("see", total, twice))


def begins(app: Surface, sentence: str) -> tuple[Step, ...]:
    """What an output shows at first."""
    return tuple(
        step("see", name, value.rstrip(".,:"))
        for name, value in BEGINS.findall(sentence)
        if name in app.page.names and app.page.control(name) is None
    )
