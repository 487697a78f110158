"""Rules for pages that answer at once, such as calculators and clocks: no entries are added.

Each turns one way of saying something into the steps that show it, like those for entries.
"""

from __future__ import annotations

import re

from homesmith.builder.controls import TEXT_KINDS
from homesmith.builder.forms import NUMBERED
from homesmith.builder.literals import QUOTED, given, quoted
from homesmith.builder.mentions import calls, texts_after
from homesmith.builder.surface import Surface, step
from homesmith.core.steps import Step

NEGATIVE = re.compile(r"\b(?:below zero|below 0|less than zero|less than 0|negative)\b")
TOO_FEW = re.compile(
    r"\b(?:fewer|less|lower|smaller) than (?:one|1)\b|\bbelow (?:one|1)\b|\bzero\b"
)
MISSING = re.compile(r"\b(?:is|are|left) (?:empty|blank|missing)\b|\bwithout\b|\bno number\b")
TROUBLE = re.compile(r"(?:^|-)(?:error|message|warning|hint|notice|problem|trouble)(?:-|$)")
ALL_SHOW = re.compile(
    r"\b(?P<many>all|both)\b[^.]*\b(?:outputs|results|numbers|amounts)\b"
    r"(?:[^.]*? shows? [`\"](?P<text>[^`\"]+)|[^.]*? (?:is|are|stay) (?:empty|blank)\b)"
)
"""What every output shows when something is wrong."""
RESETS = re.compile(r"\bback to (?:the )?(?:start|beginning|default|initial)|\bresets?\b")
OPENING = re.compile(
    r"\b(?:(?:when|after|once) (?:the page |I )?open\w*|opening the page|at the start|at first)\b",
    re.IGNORECASE,
)
CHOSEN = re.compile(r"\b(?:chosen|selected|picked|ticked|checked)\b")
"""What an option is at first; it says nothing of a text."""
ONLY_LATER = re.compile(
    r"(?P<later>[^;.]*?) (?:is|are) only (?:visible|shown|seen) (?:at|in) the end"
    r"(?:[;,] (?P<sooner>[^;.]*?) only (?:before|during|until)\b)?",
    re.IGNORECASE,
)
SPAN = re.compile(r"(\d{1,2}):(\d{2})$")
CONVERTED = re.compile(
    r"(?P<given>-?\d[\d.]*) (?P<before>\w{1,12}) (?:is|are|equals|gives|makes|=) "
    r"[`\"](?P<made>-?\d[\d.]*) (?P<after>\w{1,12})[`\"]"
)
TYPED = (*TEXT_KINDS, "number", "range")


def wrong(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A value that the sentence calls wrong brings its message, and a good one takes it away."""
    messages = [text for text in quoted(sentence) if " " in text]
    fields = [item for item in app.heard(sentence) if item.kind in TYPED]
    place = app.place(sentence) or next((n for n in app.page.order if TROUBLE.search(n)), "")
    bad = _bad(sentence)
    if app.grows or len(messages) != 1 or len(fields) != 1 or not place or bad is None:
        return ()
    pressed = (step("click", app.button.testid),) if app.button and not _live(app) else ()
    field = fields[0].testid
    shown = ALL_SHOW.search(sentence)
    outputs = [name for name in app.page.order if app.page.control(name) is None and name != place]
    outputs = [name for name in outputs if name not in app.page.lists] if shown else []
    return (
        step("type", field, bad),
        *pressed,
        step("see", place, messages[0]),
        *(step("see", name, shown["text"]) for name in outputs if shown and shown["text"]),
        step("type", field, "4"),
        *pressed,
        step("not_see", place, messages[0]),
    )


def _bad(sentence: str) -> str | None:
    """A value that the sentence calls wrong, whatever words its message has."""
    sentence = QUOTED.sub("", sentence)
    if NEGATIVE.search(sentence):
        return "-5"
    if TOO_FEW.search(sentence):
        return "0"
    return "" if MISSING.search(sentence) else None


def _live(app: Surface) -> bool:
    """Whether no button has to be pressed for an answer."""
    return not app.button or app.button.kind != "button" or not app.fields


def resets(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A button brings every field back to what it held at first."""
    buttons = [item for item in app.heard(sentence) if item.kind == "button"]
    fields = [item for item in app.page.controls if item.kind in TYPED]
    if app.grows or len(buttons) != 1 or not fields or not RESETS.search(sentence):
        return ()
    if SPAN.search(" ".join(quoted(sentence))) or "stop" in sentence.lower():
        return ()
    return (
        *(step("type", item.testid, "7") for item in fields),
        step("click", buttons[0].testid),
        *(step("value", item.testid, item.value) for item in fields),
    )


def sets(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A button with a number in its name sets the field of that name to it."""
    steps: list[Step] = []
    for item in app.page.controls:
        start, _, number = item.testid.rpartition("-")
        field = app.page.control(start)
        named = f"`{item.testid}`" in sentence and item.kind == "button"
        if named and number.isdecimal() and field is not None and field.kind in TYPED:
            steps += [step("click", item.testid), step("value", start, number)]
    return tuple(steps)


def opens(app: Surface, sentence: str) -> tuple[Step, ...]:
    """What the page shows before anything is done."""
    texts = given(sentence)
    outputs = [name for name in app.page.order if app.page.control(name) is None]
    places = [name for name in outputs if len(outputs) == 1 or _spoken(name, sentence)]
    chosen = CHOSEN.search(sentence) is not None
    if len(texts) != 1 or len(places) != 1 or chosen or not OPENING.search(sentence):
        return ()
    return (step("see", places[0], texts[0]),)


def counts_down(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A clock that shows a time at first shows one second less after it was started."""
    shown = opens(app, sentence)
    start = app.page.control("start")
    found = SPAN.search(shown[0].text) if shown else None
    if not found or start is None:
        return ()
    left = int(found[1]) * 60 + int(found[2]) - 1
    if left < 1:
        return ()
    text = f"{left // 60:0{len(found[1])}d}:{left % 60:02d}"
    return (*shown, step("click", "start"), Step(action="see", target=shown[0].target, text=text))


def converts(app: Surface, sentence: str) -> tuple[Step, ...]:
    """An example of a conversion, such as "100 C is `212 F`", comes out so."""
    found = CONVERTED.search(sentence)
    numbers = [one.testid for one in app.page.controls if one.kind == "number"]
    outputs = [name for name in app.page.order if app.page.control(name) is None]
    if not found or len(numbers) != 1 or len(outputs) != 1:
        return ()
    before, after = found["before"], found["after"]
    units = {before, after}
    listed = next(
        (one for one in app.told if units <= set(re.findall(r"\w+", one)) and ":" in one), ""
    )
    selects = [one for one in app.page.controls if one.kind == "select"]
    kinds = [
        (one, option) for one in selects for option in one.options if f" {option}:" in f" {listed}"
    ]
    pair = [one for one in selects if not one.options or units <= set(one.options)]
    if len(pair) != 2:
        return ()
    return (
        *(step("select", one.testid, option) for one, option in kinds[:1] if one not in pair),
        step("select", pair[0].testid, before),
        step("select", pair[1].testid, after),
        step("type", numbers[0], found["given"]),
        step("see", outputs[0], f"{found['made']} {after}"),
    )


def answers(app: Surface, sentence: str) -> tuple[Step, ...]:
    """Of the choices of a first question, the one marked right brings one text, another the other.

    "Bern* / Rome / Oslo" gives the choices; "`told` shows `Right!` or, for example, `No: Bern.`"
    what is said of them.
    """
    place, texts = app.place(sentence), quoted(sentence)
    questions = [_marked(one) for one in app.told if one.count(" / ") > 1 and "*" in one]
    button = next(iter(app.page.repeated), "")
    if app.grows or not place or len(texts) != 2 or not questions or not button:
        return ()
    right, wrong = questions[0]
    named = next((other for other, _ in questions if other and other in texts[1]), right)
    return (
        step("click", button, right),
        step("see", place, texts[0]),
        step("reload"),
        step("click", button, wrong),
        step("see", place, texts[1].replace(named, right)),
    )


def _marked(line: str) -> tuple[str, str]:
    """The choice that is marked right in a line, and the first that is not."""
    listed = [part.strip(" .") for part in re.sub(r"^.*[:?] ", "", line).split(" / ")]
    right = next((one.rstrip("*") for one in listed if one.endswith("*")), "")
    return right, next((one for one in listed if not one.endswith("*")), "")


def at_nothing(app: Surface, sentence: str) -> tuple[Step, ...]:
    """What counts shows its text for nothing at first: "`rounds` says `0 rounds`, `1 round`"."""
    place = app.place(sentence)
    texts = texts_after(place, sentence, [place]) if place else []
    zero = next((text for text in texts if re.search(r"(?<![\d.])0(?![\d.])", text)), "")
    several = sum(1 for text in texts if NUMBERED.match(text)) > 1
    return (step("see", place, zero),) if zero and several and not app.grows else ()


def at_the_end_only(app: Surface, sentence: str) -> tuple[Step, ...]:
    """What is only visible at the end is hidden at first, and what is shown before it is not.

    "Result and again are only visible at the end; question and next only before."
    """
    found = ONLY_LATER.search(sentence)
    if not found or app.grows:
        return ()
    later = _called(app, found["later"])
    sooner = _called(app, found["sooner"] or "")
    return (
        *(step("not_see", name) for name in later),
        *(step("see", name) for name in sooner if name not in later),
    )


def _called(app: Surface, words: str) -> list[str]:
    heard = set(re.findall(r"[a-z]+", words.lower()))
    return [name for name in app.page.order if set(name.split("-")) <= heard]


def _spoken(name: str, sentence: str) -> bool:
    """Whether a sentence speaks of a name in words that stand outside of quotes."""
    return f"`{name}`" in sentence or calls(name, QUOTED.sub("", sentence))


LIVE = (wrong, resets, sets, opens, counts_down, converts, answers, at_nothing, at_the_end_only)
