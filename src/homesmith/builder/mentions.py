"""Which words of a request speak of which name: what a small model must have before its eyes.

A sentence belongs to the names it mentions. One that mentions none belongs to names of its
paragraph that it calls by a word of theirs, else to those of the sentence before it. Pure text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from homesmith.builder.literals import ACTING, given, literals
from homesmith.context.relevance import sentences

PARAGRAPH = re.compile(r"\n\s*\n")
WORD = re.compile(r"[a-z]{3,}")
KINDS = re.compile(
    r"\b(button|checkbox|field|dropdown|select|link|input|text ?area|text ?box)(?:e?s)?\b",
    re.IGNORECASE,
)
TYPED_IN = re.compile(r"input|text ?(?:area|box)", re.IGNORECASE)
"""Other words for a field."""
SEARCHING = re.compile(r"(?:[\w-]+-)?(?:search|query)$")
OPENS = re.compile(r"\s*(?:button )?(?:opens?|turns?|brings?|shows?)\b")
FORM = re.compile(r"\b(?:form|fields|inputs)\b", re.IGNORECASE)
PLAIN = re.compile(r"\b(?:element|line|text|message)\b", re.IGNORECASE)
LABELLED = re.compile(r"[\"“][^\"“”]+[\"”]\s*\((?:data-testid )?$")
SAYS = re.compile(r"\s+(?:says|shows|tells|counts)\b")
IN_VAIN = re.compile(
    r"\b(?:empty|blank)\b[^.]*\b(?:adds? nothing|nothing is added|is not added|does nothing|"
    r"is ignored|are ignored)\b",
    re.IGNORECASE,
)
"""Words that say that nothing is added."""
SHOWING = re.compile(r"(`[\w-]+`)\s+(?:says|shows|tells|counts)\b")
"""What an output does; the word calls no button `show-all`."""
PRESSED = re.compile(
    r"\b(?:press|click|tap|hit)(?:s|es|ed|ing|ting)? (?:on )?(?:the )?$", re.IGNORECASE
)
USED = re.compile(r"(?:\b(?:with|using) (?:the )?)$", re.IGNORECASE)
"""What leads to the name of a button in "With `start` it counts down"."""
ACTION = re.compile(
    r"^(?:add|again|back|begin|cancel|clear|close|delete|edit|flip|hold|lap|minus|next|open|pause|play|"
    r"plus|prev|previous|redo|remove|reset|restart|resume|reveal|roll|save|shuffle|skip|spin|start|stop|"
    r"submit|swap|toggle|undo)(?:-|$)"
)
"""Names that say what a button does."""
DOING = re.compile(
    r"(?:,? (?:and |or )?`[\w-]+`)*,? (?:adds?|begins?|brings?|clears?|closes?|deletes?|"
    r"empt(?:y|ies)|ends?|flips?|gives?|goe?s?|halts?|holds?|jumps?|leads?|makes?|moves?|opens?|pauses?|puts?|removes?|"
    r"resets?|restarts?|resumes?|reveals?|rolls?|saves?|sets?|shuffles?|skips?|spins?|starts?|"
    r"stops?|swaps?|takes?|turns?|undoe?s?)\b"
)
"""What a button does, behind its name and those beside it."""
INTO = re.compile(
    r"(?i:(?<!while )(?<!as ))\b(?:I|[Yy]ou|we|one|people) (?:can )?(?:types?|enters?|writes?)\b"
    r"[^`,;:.]*?(?:\bin(?:to)?(?: the)? |\()$"
)
"""What leads to the name of a field: "I type a word into `word`", "I enter the title (`title`"."""
FROM = re.compile(r"\b(?:choos|pick|select)(?:e|es|s|ing)?\b[^`,;:.]*? (?:from|in)(?: the)? $")
LISTING = re.compile(r" \([^()`]+, [^()`]+\)")
"""Options behind the name of a dropdown."""
OWN_KIND = re.compile(
    r"(?:\s+is (?=an? )|\s*\(|,?\s*)(?:an? )?"
    r"(?:(?:colou?r|date|e-?mail|month|number|phone|telephone|text(?! ?area|box)|time|url|week) )?"
)
"""What stands between a name and its kind: "`tip`, a number field", "`day` (date field)"."""
ANOTHER = re.compile(r"(?: field)? \(?(?:data-testid )?[`\"“]")
"""What follows the kind of another thing: "`front`, button `add`"."""
CLAUSE = re.compile(r"[,;]|\band\b|\bor\b")
NAMES_ONLY = re.compile(r"(?:[\s():]|`[^`]*`|data-testids?)*")
ACTED = re.compile(
    r"(?:\b(?:when|whenever|once|if|after|as soon as|by|on|each|every)\s+(?:\w+\s+){0,2}?"
    r"(?:chang|press|click|pick|choos|tick|hit)(?:e|es|ed|ing|t|ting)?|^\s*"
    r"(?:chang|press|click|pick|choos|tick|hitt)ing)\s+(?:o[nf]\s+)?"
    r"(?:(?:the|an?|any|one of the)\s+)?[`\"]?([a-z]{3,})"
)
"""What is operated, where the sentence goes on to say what happens then."""
DOES = re.compile(r"\b([A-Z][a-z]{2,}) (?:does|begins|stops|starts|goes|shows|sets|brings|ends)\b")
"""A button called by its label, and what it does."""


SHOWN_AS = re.compile(
    r"\b(?:are|is) (?:\w+ )?(?:shown|listed|displayed) as (?:an? )?"
    r"(?:cards?|rows?|lines?|items?|elements?|entries) (?=\(?(?:with )?(?:data-testid )?`)"
    r"|\b(?:adds?|appends?) (?:an?|one|each) (?:\w+ )?(?:card|row|line|item|element|entry) "
    r"(?=\(?(?:with )?(?:data-testid )?`)"
)
"""What leads to the name of an entry: "Films are shown as cards `film`", "adds a line `lap`"."""
DONE_TO_ONE = re.compile(
    r"(?:^|[;,] )(?P<who>They|It|(?:(?:An?|The|Each|Every) )?(?P<noun>\w+?)s?) (?:are|is|can be) "
    r"(?:\w+ ){0,2}?(?:archived|bought|changed|checked|closed|crossed|deleted|done|dropped|edited|"
    r"erased|finished|liked|marked|moved|pinned|rated|removed|renamed|starred|ticked|thrown)\b"
    r"[^`.;:]*? (?:with|by|using) (?:an?|the|its|their) (?=[^,;:.]*`)",
    re.IGNORECASE,
)
"""What is done to one entry, with a button of its own: "Notes are pinned with a button `pin`"."""
ALL_OF_THEM = re.compile(r"\b(?:all|every|everything|each)\b")
EACH = re.compile(r"(?<!what )\b(?:each|every)\b", re.IGNORECASE)
HELD = r"\blist \(?`%s`"
"""How a request calls what the entries stand in."""
THING = re.compile(r"\b(?:element|data-testid|line|row|card|item)\b")
LISTED = re.compile(r"[-*+•]\s")
AROUND = re.compile(
    r"^(?:list|column|lane|count|total|number|filter|search|sort|show|error|message|empty|add|new)\b"
    r"|(?:list|count|total|error|message|progress|score|all)$"
)
"""Names of what stands around the entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence, the names it mentions, all names it belongs to, and those it acts on."""

    text: str
    names: tuple[str, ...]
    about: tuple[str, ...]
    acted: tuple[str, ...] = ()


def mentions(request: str, names: Sequence[str], outputs: Collection[str]) -> tuple[Said, ...]:
    """The sentences of a request in their order, each with the `names` that it is about.

    `outputs` are those that only show something: a sentence that mentions no other name says what
    the thing does that it calls in words, or that the sentence before it spoke of.
    """
    told: list[Said] = []
    other = {name: found[1] for name in outputs if (found := _other_name(name, request))}
    for paragraph in PARAGRAPH.split(request):
        here = named(paragraph, names)
        before: tuple[str, ...] = ()
        for sentence in sentences(paragraph):
            mine = named(sentence, names)
            acted = _acted(sentence, names)
            strong = tuple(name for name in mine if name not in outputs)
            called = (
                ()
                if strong
                else tuple(name for name in here if name not in mine and calls(name, sentence))
            )
            if not strong and not called:
                called = tuple(name for name in other if calls(other[name], sentence))
            about = tuple(dict.fromkeys((*acted, *mine, *called)))
            if not strong and not acted and not called:
                about = tuple(dict.fromkeys((*mine, *before)))
            told.append(Said(text=sentence, names=mine, about=about, acted=acted))
            before = about
    return tuple(told)


def repeated(request: str) -> tuple[str, ...]:
    """The names that belong to every entry of a list, the entry's own first.

    They stand behind "each" or "every" in one sentence, with the list items that follow it where
    it ends in a colon; beside them the buttons that act on one entry, and what such a button opens.
    """
    names = literals(request).testids
    told = sentences(request)
    for place, sentence in enumerate(told):
        start = _start_of_entry(sentence, names)
        behind = [*named(sentence[start:], names)] if start else []
        entry = next(iter(behind), "")
        if not entry or AROUND.search(entry):
            continue
        listed = list(takewhile(LISTED.match, told[place + 1 :])) if sentence[-1] == ":" else []
        behind += [name for item in listed for name in named(item, names)]
        behind = [name for name in behind if not holds(name, request)]
        mine = [n for n in behind if not AROUND.search(n) or n.startswith(f"{entry}-")]
        mine += [name for name in names if _acts_on_one(name, told)]
        mine += _also(entry, sentence[start:], told[place + 1 :], names)
        _, opened = opened_by(names, request, among=frozenset(mine))
        return tuple(dict.fromkeys((*mine, *opened)))
    return ()


def _start_of_entry(sentence: str, names: Sequence[str]) -> int:
    """Where a sentence begins to speak of what every entry has; 0 where it does not."""
    each = EACH.search(sentence)
    behind = sentence[each.end() :] if each else ""
    first = next(iter(named(behind, names)), "")
    if each and first and _is_entry(behind, first):
        return each.end()
    shown = SHOWN_AS.search(sentence)
    return shown.end() if shown else 0


def _acts_on_one(name: str, told: Sequence[str]) -> bool:
    """Whether the name of a button says that it acts on one entry, and no sentence says on all."""
    if not ACTING.search(name) or AROUND.search(name):
        return False
    return not _acts_on_all(name, told)


def _acts_on_all(name: str, told: Iterable[str]) -> bool:
    behind = (one[found.end() :] for one in told if (found := _place(name, one)))
    return any(ALL_OF_THEM.search(re.split(r"[;.`]", one)[0]) for one in behind)


def _also(entry: str, behind: str, later: Sequence[str], names: Sequence[str]) -> list[str]:
    """Names that later sentences give to each entry: "Every task also shows its day (`day`)"."""
    found = re.match(r"\s*([a-z]+)", behind)
    nouns = {found[1]} if found else set()
    more: list[str] = []
    meant = True
    for sentence in later:
        done = DONE_TO_ONE.search(sentence)
        told_of = (done["noun"] or "").lower() if done else ""
        meant = meant if done and not told_of else told_of in {*nouns, *entry.split("-")}
        if done and meant:
            button = named(sentence[done.end() :], names)[:1]
            more += [n for n in button if not AROUND.search(n) and not _acts_on_all(n, [sentence])]
        each = EACH.search(sentence)
        noun = re.match(r"\s*([a-z]+)", sentence[each.end() :]) if each else None
        if each and noun and (noun[1] in nouns or noun[1] in entry.split("-")):
            inside = named(sentence[each.end() :], names)
            more += [name for name in inside if not AROUND.search(name)]
            meant = True
    return more


def _is_entry(behind: str, entry: str) -> bool:
    """Whether the words between "each" and the name say that it names the thing itself."""
    found = _place(entry, behind)
    between = behind[: found.start()] if found else behind
    noun = re.match(r"\s*([a-z]+)", between)
    thing = noun is not None and noun[1].rstrip("s") in entry.split("-")
    return thing or THING.search(between) is not None


def holds(name: str, request: str) -> bool:
    """Whether entries stand in the thing of this name: "to the list `laps`"."""
    return re.search(HELD % re.escape(name), request) is not None


def named(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that stand in `text` in backquotes, or as a data-testid, in its order."""
    places = {name: found.start() for name in names if (found := _place(name, text))}
    return tuple(sorted(places, key=lambda name: places[name]))


def texts_after(name: str, sentence: str, names: Sequence[str]) -> list[str]:
    """What a sentence gives word for word between a name and the next of `names`."""
    found = _place(name, sentence)
    if not found:
        return []
    behind = sentence[found.end() :]
    ends = [place.start() for other in names if (place := _place(other, behind))]
    return given(behind[: min(ends, default=None)])


def kind_of(name: str, request: str) -> str:
    """What the request calls a thing where it first names it: "button", "checkbox", "field",
    "dropdown", "link"; "text" if nothing else.
    """
    for sentence in sentences(request):
        found = _place(name, sentence)
        if not found:
            continue
        before = sentence[: found.start()]
        if told := _kind_behind(sentence, found.end()):
            return told
        if PRESSED.search(before) or _is_action(name, before, sentence[found.end() :]):
            return "button"
        if INTO.search(before):
            return "field"
        if FROM.search(before) and LISTING.match(sentence, found.end()):
            return "dropdown"
        if SAYS.match(sentence, found.end()) and not KINDS.fullmatch(_last_word(before)):
            return "text"
        first = next((one for one in named(before, _family(name, before))), "")
        at = before.index(first) - 1 if first else len(before)
        before = before if KINDS.search(before, at) else before[:at]
        if AROUND.search(name) and LABELLED.search(before):
            return "text"
        plain = "field" if FORM.search(before) or SEARCHING.match(name) else "text"
        return _kind_before(before) or plain
    return "text"


def is_number(name: str, request: str) -> bool:
    """Whether the request calls a field a number field."""
    for sentence in sentences(request):
        found = _place(name, sentence)
        if found:
            before = sentence[: found.start()]
            clause = CLAUSE.split(before)[-1]
            behind = re.match(
                r"(?:\s*\(|,?\s*)(?:an? )?number(?! field [`\"“])", sentence[found.end() :]
            )
            return bool(behind or "number fields" in before.lower() or "number" in clause.lower())
    return False


def opened_by(
    names: Sequence[str], request: str, among: Collection[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """The button of an entry that turns it into fields, and what stands there then; else "", ().

    The button is one of `among`, if these are given.
    """
    told = sentences(request)
    for place, sentence in enumerate(told):
        mine = named(sentence, names)
        before = named(" ".join(told[:place]), names)
        fresh = tuple(name for name in mine if name not in before)
        opener, *opened = mine or ("",)
        new = opener in fresh and not _opens(opener, sentence)
        if not mine or new or (among and opener not in among):
            continue
        fresh = tuple(name for name in opened if name in fresh)
        if any(kind_of(name, request) == "field" for name in fresh):
            return opener, fresh
    return "", ()


def _opens(name: str, sentence: str) -> bool:
    """Whether the sentence that first speaks of a button of an entry says what it opens."""
    found = _place(name, sentence)
    return found is not None and bool(ACTING.match(name) and OPENS.match(sentence, found.end()))


def _is_action(name: str, before: str, behind: str) -> bool:
    """Whether a name that is an action is used, or does something: "`next` goes on"."""
    plain = not KINDS.search(CLAUSE.split(before)[-1])
    used = USED.search(before) and re.match(r"\s+(?:it|the|I|one|you)\b", behind)
    return bool(ACTION.match(name) and plain and (used or DOING.match(behind)))


def _kind_behind(sentence: str, end: int) -> str:
    """The kind that follows a name, as in "`tip`, a number field"; "" where it is another's."""
    place = OWN_KIND.match(sentence, end)
    told = KINDS.match(sentence, place.end() if place else end)
    if not told or ANOTHER.match(sentence, told.end()):
        return ""
    inside = place is not None and "(" in place[0]
    ended = not inside or re.match(r"\s*[,;:)]", sentence[told.end() :])
    return _plain_kind(told[1]) if ended else ""


def _plain_kind(word: str) -> str:
    return "field" if TYPED_IN.fullmatch(word) else word.lower()


def _last_word(before: str) -> str:
    """The word that leads to a name, without the bracket around that."""
    return " ".join(re.sub(r"\((?:data-testid )?$", "", before).split()[-1:])


def _kind_before(before: str) -> str:
    """The kind in the words that lead to a name: "buttons `a`, `b` and" makes b a button."""
    if before.rstrip("( ").endswith(":") and (kinds := KINDS.findall(before)):
        return _plain_kind(kinds[-1])
    if LABELLED.search(before):
        return "button"
    for place, clause in enumerate(reversed(CLAUSE.split(before))):
        listed = re.search(r":\s*(?:`[^`]*`\s*)*$", clause)
        if listed and (kinds := KINDS.findall(before[: before.rindex(":")])):
            return _plain_kind(kinds[-1])
        plain = re.sub(r"`[^`]*`", "``", clause)
        if kinds := [*KINDS.finditer(plain)]:
            return "" if _of_another(plain[kinds[-1].end() :]) else _plain_kind(kinds[-1][1])
        if PLAIN.search(plain):
            return "text"
        if not NAMES_ONLY.fullmatch(clause.replace("each with", "") if place == 0 else clause):
            return ""
    return ""


def _of_another(behind: str) -> bool:
    """Whether the kind has a name of its own, which does something to what is named then: "a
    button `random` puts a title into".
    """
    return re.match(r"\s*`[^`]*` (?!and\b|or\b)[a-z]+s\b [^`]*$", behind) is not None


def _family(name: str, text: str) -> list[str]:
    """The names in `text` that begin as this one does: `tip-10` and `tip-20`."""
    start, dash, _ = name.partition("-")
    return [one for one in re.findall(r"`([\w-]+)`", text) if dash and one.startswith(start + dash)]


def _place(name: str, text: str) -> re.Match[str] | None:
    given = rf"`{re.escape(name)}`|data-testid\W{{1,4}}[\"“']{re.escape(name)}[\"”']"
    return re.search(given, text)


def _acted(sentence: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names of what a person operates in a sentence: "When I change the kind", "Start does"."""
    words = [found[1] for found in ACTED.finditer(sentence.lower())]
    words += [found[1].lower() for found in DOES.finditer(sentence)]
    return tuple(
        name
        for name in names
        if any(_alike(part, word) for part in name.split("-") if len(part) > 2 for word in words)
    )


def _other_name(name: str, request: str) -> re.Match[str] | None:
    """The word that stands for a name: "the answer (`result`)"."""
    return re.search(rf"\b([a-z]{{4,}}) \((?:data-testid )?`{re.escape(name)}`", request)


def calls(name: str, sentence: str) -> bool:
    """Whether the sentence has a word of the name: "Moving" calls `move-left`."""
    parts = [part for part in name.split("-") if len(part) > 3]
    heard = WORD.findall(SHOWING.sub(r"\1", sentence).lower())
    return any(_alike(part, word) for part in parts for word in heard)


def _alike(part: str, word: str) -> bool:
    """Whether a word is a form of a part of a name; short ones need an ending that words have."""
    if len(part) > 4:
        return word[: len(part) - 1] == part[:-1]
    stem = re.sub(r"(?<=..)[esy]$", "", part)
    ending = (
        rf"{re.escape(stem)}(?:{re.escape(stem[-1])}?(?:ed|ing|ings|er|ers)|e|es|s|n|en|ies|ied)"
    )
    return word == part or (word == stem and part.endswith("s")) or bool(re.fullmatch(ending, word))
