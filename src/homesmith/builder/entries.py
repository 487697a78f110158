"""The entries of a list, as a request tells of them: what each has, and what is done to one.

It knows names and sentences; how an entry looks on the page it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import takewhile

from homesmith.builder.kinds import AROUND, kind_of
from homesmith.builder.literals import ACTING, literals
from homesmith.builder.mentions import LISTED, named, place_of
from homesmith.context.relevance import sentences

OPENS = re.compile(r"\s*(?:button )?(?:opens?|turns?|brings?|shows?)\b")
IN_VAIN = re.compile(
    r"\b(?:empty|blank)\b[^.]*\b(?:adds? nothing|nothing is added|is not added|does nothing|"
    r"is ignored|are ignored)\b",
    re.IGNORECASE,
)
"""Words that say that nothing is added."""
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
    behind = (one[found.end() :] for one in told if (found := place_of(name, one)))
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
    found = place_of(entry, behind)
    between = behind[: found.start()] if found else behind
    noun = re.match(r"\s*([a-z]+)", between)
    thing = noun is not None and noun[1].rstrip("s") in entry.split("-")
    return thing or THING.search(between) is not None


def holds(name: str, request: str) -> bool:
    """Whether entries stand in the thing of this name: "to the list `laps`"."""
    return re.search(HELD % re.escape(name), request) is not None


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
    found = place_of(name, sentence)
    return found is not None and bool(ACTING.match(name) and OPENS.match(sentence, found.end()))
