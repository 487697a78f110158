"""Rules: each turns one way of saying something into the steps that show it.

A rule gets the surface of an app and one sentence; no steps when the sentence says another thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from homesmith.builder.controls import TEXT_KINDS
from homesmith.builder.literals import FILLED, QUOTED, TICKED, given, quoted
from homesmith.builder.mentions import IN_VAIN, kind_of, texts_after
from homesmith.builder.surface import SAMPLE, SECOND, VALUES, Surface, filled, step, within
from homesmith.core.steps import Step

WITHOUT = re.compile(
    r"\b(?:empty|missing|without (?:an?|any|the)|required|blank|not filled|"
    r"no (?:title|name|text|description|item|value|input))\b",
    re.IGNORECASE,
)
STAYS = re.compile(
    r"\b(?:reload(?:ing|ed)?|refresh(?:ing|ed)?|survives?|persists?|persisted|localStorage|"
    r"still there|(?:saved|kept|stored|remembered) in (?:the|this|your) browser)\b",
    re.IGNORECASE,
)
REMOVES = re.compile(r"(?:^|-)(?:delete|remove|trash|discard)(?:-|$)")
ENTER = re.compile(r"\b(?:pressing |hitting |the )?Enter\b(?: key)?", re.IGNORECASE)
DEFAULT = re.compile(
    r"`([A-Za-z][\w-]*)`[^`.;]{0,25}?\bdefault(?:s to|ing to|s| is| value|:)?\s+[\"“]?(-?[\w.]+)"
)
BEGINS = re.compile(
    r"`([A-Za-z][\w-]*)`[^`.;]{0,30}?\b(?:begins?|starts?|initially|at first)\b"
    r"(?: at| with| as| shows?)?\s+[\"“]?([$€£]?-?\d[\d.:,]*)"
)
OPEN = re.compile(r"(?:^|-)(?:active|open|todo|pending)$")
DONE = re.compile(r"(?:^|-)(?:done|completed|complete|finished)$")
TOTAL = re.compile(r"(?:^|-)(?:total|sum)$")
NUMBERED = re.compile(r"(\d) [A-Za-z][A-Za-z ]{2,30}$")
ALL_THE_SAME = re.compile(r"\b(?:whichever|whatever|no matter which|regardless of)\b[^.]*\bfilter")
LEFT = re.compile(r"\b(?:left|open|remaining|still|to do|undone|unfinished|not done)\b")
BELOW = re.compile(r"\b(?:zero|negative|above|positive|less than|below|at least)\b")
BEYOND = re.compile(r"\b(?:above|less than|below|at least) (?:[2-9]|1[\d.])")
"""Words of a limit that neither nothing nor -1 need be beyond, or that no refusal is about."""
CLAUSES = re.compile(
    r";\s+|(?<=[`\"”]):\s+|,\s+(?:and\s+)?if\s+|(?<=[`\"”]),?\s+and\s+(?=if|when|without)"
)
EMPTIED = re.compile(
    r"\b(?:field|fields|form)\b[^.]*\b(?:is|are)\b[^.]*\b(?:empty again|emptied|cleared|empty)\b"
    r"|\badding\b[^.]*\b(?:clears|empties)\b",
    re.IGNORECASE,
)
EMPTY_PLACE = re.compile(r"(?:^|-)(?:empty|none|nothing|placeholder)(?:-|$)")
CLEARS = re.compile(r"\b(?:removes?|deletes?|clears?)\b", re.IGNORECASE)
CLEARING = re.compile(r"^(?:clear|delete|remove)-")
FINISHED = re.compile(r"\b(?:done|bought|completed?|finished|checked|ticked|paid|read|packed)\b")
KEEPS = re.compile(r"(?:save|keep|ok|update|apply|confirm)")
FORWARD = re.compile(r"(?:^|-)(?:right|next|forward|later|advance)$")
SEARCH = re.compile(r"(?:^|-)(?:search|find|filter|query)(?:-|$)")
MONEY = re.compile(r"([$€£])\d+\.\d\d$")

Rule = Callable[[Surface, str], tuple[Step, ...]]


def _adds(app: Surface, sentence: str) -> tuple[Step, ...]:
    named = TICKED.findall(sentence)
    pressed = app.button.testid if app.button else ""
    if not app.grows or not {pressed, app.entry} & set(named):
        return ()
    return (
        *app.add(),
        step("count", app.entry, "1"),
        step("see", app.entry, SAMPLE),
        *app.add(SECOND),
        step("count", app.entry, "2"),
    )


def _counts(app: Surface, sentence: str) -> tuple[Step, ...]:
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
        if narrowed := ALL_THE_SAME.search(sentence) and _narrowing(app):
            steps += [step("click", narrowed), step("see", place, told[most - 1])]
    return tuple(steps)


def _narrowing(app: Surface) -> str:
    """A button that leaves only the done entries to be seen; else ""."""
    buttons = (one.testid for one in app.page.controls if one.kind == "button")
    return next((name for name in buttons if DONE.search(name) and not CLEARING.match(name)), "")


def _numbered(texts: list[str]) -> dict[int, str]:
    return {int(found[1]): text for text in texts if (found := NUMBERED.match(text))}


def _refuses(app: Surface, sentence: str) -> tuple[Step, ...]:
    """Pressing the button with a value missing or wrong brings the quoted message, no entry."""
    place = app.place(sentence)
    if not app.button or not place or EMPTY_PLACE.search(place):
        return ()
    steps: list[Step] = []
    clauses = [part for part in CLAUSES.split(sentence) if _messages(part)]
    for clause in clauses:
        fields = [item for item in app.heard(clause) if item in app.fields]
        said = QUOTED.sub("", clause)
        wrong = WITHOUT.search(said) or (BELOW.search(said) and not BEYOND.search(said))
        if not wrong or (len(clauses) > 1 and len(fields) != 1):
            return ()
        if len(fields) == 1 and fields[0].kind in (*TEXT_KINDS, "number"):
            bad = "" if WITHOUT.search(said) else "-1" if "negative" in clause else "0"
            others = [item for item in app.fields if item != fields[0]]
            steps += [*filled(others, SAMPLE), step("type", fields[0].testid, bad)]
        elif not any(item.kind != "select" and not item.value for item in app.fields):
            return ()
        steps += [step("click", app.button.testid), step("see", place, _messages(clause)[-1])]
    if steps and app.entry:
        steps.append(step("count", app.entry, "0"))
    return tuple(steps)


def _messages(text: str) -> list[str]:
    whole = [one for one in quoted(text) if " " in one and not FILLED.search(one)]
    return [one for one in whole if not _has_figure(one)]


def _blank(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A text of blanks adds nothing."""
    texts = [item for item in app.fields if item.kind in TEXT_KINDS]
    if not app.grows or not IN_VAIN.search(sentence) or not texts or not app.button:
        return ()
    return (
        *filled(app.fields, SAMPLE),
        step("type", texts[0].testid, "   "),
        step("click", app.button.testid),
        step("count", app.entry, "0"),
    )


def _empties_fields(app: Surface, sentence: str) -> tuple[Step, ...]:
    """After adding, the fields that the sentence speaks of are empty again."""
    if not app.grows or not EMPTIED.search(sentence) or re.match(r"(?:If|When) ", sentence):
        return ()
    typed = (*TEXT_KINDS, "number")
    fields = [item for item in app.heard(sentence) if item in app.fields and not item.value]
    fields = [item for item in fields if item.kind in typed]
    fields = fields or [item for item in app.fields if item.testid == app.marked]
    return (*app.add(), *(step("value", item.testid, "") for item in fields))


def _says_empty(app: Surface, sentence: str) -> tuple[Step, ...]:
    """What is shown while there is no entry, and no longer when there is one."""
    place, texts = app.place(sentence), quoted(sentence)
    if not app.grows or not texts or not EMPTY_PLACE.search(place):
        return ()
    text = texts[-1]
    return (step("see", place, text), *app.add(), step("not_see", place, text))


def _clears(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A button that removes the done entries, or all."""
    if not app.grows or not CLEARS.search(sentence):
        return ()
    ticked = TICKED.findall(sentence)
    buttons = [one.testid for one in app.page.controls if one.kind == "button"]
    buttons = [name for name in buttons if name in ticked]
    clearing = next((name for name in buttons if CLEARING.search(name)), "")
    mark = app.mark
    two = (*app.add(), *app.add(SECOND))
    if not clearing:
        return ()
    marked = bool(mark) and mark in clearing
    if not marked and not FINISHED.search(clearing) and not FINISHED.search(sentence):
        return (*two, step("click", clearing), step("count", app.entry, "0"))
    if not mark:
        return ()
    done = (step("check", mark), step("click", clearing))
    return (*two, *done, step("count", app.entry, "1"), step("see", app.entry, SECOND))


def _edits(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A button of an entry opens a field; what is kept there is shown."""
    named = [name for name in TICKED.findall(sentence) if name in app.page.repeated]
    kinds = {name: kind_of(name, sentence) for name in named}
    fields = [name for name in named if kinds[name] == "field"]
    keeping = next((n for n in named[1:] if kinds[n] == "button" and KEEPS.match(n)), "")
    if not app.grows or len(fields) != 1 or not keeping or named[0] in (fields[0], keeping):
        return ()
    return (
        *app.add(),
        step("click", named[0]),
        step("type", fields[0], "Changed one"),
        step("click", keeping),
        step("see", app.entry, "Changed one"),
        step("reload"),
        step("see", app.entry, "Changed one"),
    )


def _counts_parts(app: Surface, sentence: str) -> tuple[Step, ...]:
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


def _moves(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A button moves an entry to the next of several lists, whose sizes are shown."""
    forward = app.member(FORWARD)
    sizes = [name for name in app.page.order if name.startswith("count-")]
    if not app.grows or not forward or f"`{forward}`" not in sentence or len(sizes) < 2:
        return ()
    return (
        *app.add(),
        step("see", sizes[0], "1"),
        step("click", forward),
        step("see", sizes[0], "0"),
        step("see", sizes[1], "1"),
    )


def _searches(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A text in the search field leaves the entries that have it."""
    field = next(
        (
            item.testid
            for item in app.heard(sentence)
            if SEARCH.search(item.testid) and item.kind in TEXT_KINDS
        ),
        "",
    )
    if not app.grows or not field or field in {item.testid for item in app.fields}:
        return ()
    return (
        *app.add(),
        *app.add(SECOND),
        step("type", field, SECOND.split()[1].upper() if "case" in sentence else SECOND),
        step("count", app.entry, "1"),
        step("see", app.entry, SECOND),
        step("type", field),
        step("count", app.entry, "2"),
    )


def _chooses(app: Surface, sentence: str) -> tuple[Step, ...]:
    """A list of options shows the entries of one kind only, where entries are given that kind."""
    kinds = next((item for item in app.fields if item.kind == "select" and item.options), None)
    chooser = next(
        (item for item in app.heard(sentence) if item.kind == "select" and item != kinds), None
    )
    if not app.grows or not kinds or not chooser or f"`{chooser.testid}`" not in sentence:
        return ()
    shared = [option for option in chooser.options if option and option in kinds.options]
    if len(shared) < 2:
        return ()
    added = (
        *filled(app.fields, SAMPLE),
        step("select", kinds.testid, shared[0]),
        *app.add()[-1:],
    )
    return (
        *added,
        step("select", chooser.testid, shared[1]),
        step("count", app.entry, "0"),
        step("select", chooser.testid, shared[0]),
        step("count", app.entry, "1"),
    )


def _priced(app: Surface, sentence: str) -> tuple[Step, ...]:
    """An entry shows its amount in the form of the example."""
    amounts = [item for item in app.fields if item.kind == "number" and not item.value]
    shown = next((found[1] for text in given(sentence) if (found := MONEY.match(text))), "")
    if not app.grows or len(amounts) != 1 or not shown or f"`{app.entry}`" not in sentence:
        return ()
    return (*app.add(), step("see", app.entry, f"{shown}{float(within(amounts[0])):.2f}"))


def _removes(app: Surface, sentence: str) -> tuple[Step, ...]:
    remover = next((name for name in app.page.repeated if REMOVES.search(name)), "")
    if not app.grows or not remover or remover not in TICKED.findall(sentence):
        return ()
    return (*app.add(), step("click", remover), step("count", app.entry, "0"))


def _stays(app: Surface, sentence: str) -> tuple[Step, ...]:
    if not app.grows or not STAYS.search(sentence):
        return ()
    return (
        *app.add(),
        step("reload"),
        step("count", app.entry, "1"),
        step("see", app.entry, SAMPLE),
    )


def _enters(app: Surface, sentence: str) -> tuple[Step, ...]:
    if not app.grows or not ENTER.search(sentence) or len(app.fields) != 1:
        return ()
    return (
        *filled(app.fields, SAMPLE),
        step("press", app.marked, "Enter"),
        step("count", app.entry, "1"),
    )


def _defaults(app: Surface, sentence: str) -> tuple[Step, ...]:
    return tuple(
        step("value", name, value.rstrip("."))
        for name, value in DEFAULT.findall(sentence)
        if (control := app.page.control(name)) is not None and control.kind != "button"
    )


def _filters(app: Surface, sentence: str) -> tuple[Step, ...]:
    """Buttons that show the open or the done entries only, and a mark that makes one done."""
    named = TICKED.findall(sentence)
    mark = app.mark
    buttons = {item.testid for item in app.page.controls if item.kind == "button"}
    opened = next((name for name in named if name in buttons and OPEN.search(name)), "")
    done = next((name for name in named if name in buttons and DONE.search(name)), "")
    if not app.grows or not mark or not opened or not done:
        return ()
    return (
        *app.add(),
        step("click", opened),
        step("count", app.entry, "1"),
        step("check", mark),
        step("count", app.entry, "0"),
        step("click", done),
        step("count", app.entry, "1"),
    )


def _totals(app: Surface, sentence: str) -> tuple[Step, ...]:
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


def _begins(app: Surface, sentence: str) -> tuple[Step, ...]:
    return tuple(
        step("see", name, value.rstrip(".,:"))
        for name, value in BEGINS.findall(sentence)
        if name in app.page.names and app.page.control(name) is None
    )


def _has_figure(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


ONCE: tuple[Rule, ...] = (
    _adds,
    _removes,
    _filters,
    _enters,
    _stays,
    _blank,
    _edits,
    _moves,
    _searches,
    _counts_parts,
)
OFTEN: tuple[Rule, ...] = (
    *(_totals, _counts, _refuses, _defaults, _begins),
    *(_empties_fields, _says_empty, _clears, _chooses, _priced),
)
"""Rules that several sentences may each give something to show."""
