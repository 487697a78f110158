"""What a request calls a thing: a button, a field, a dropdown, or nothing but a text.

It reads the words around a name. Which sentences speak of that name it does not know.
"""

from __future__ import annotations

import re

from homesmith.builder.mentions import named, place_of
from homesmith.context.relevance import sentences

KINDS = re.compile(
    r"\b(button|checkbox|field|dropdown|select|link|input|text ?area|text ?box)(?:e?s)?\b",
    re.IGNORECASE,
)
TYPED_IN = re.compile(r"input|text ?(?:area|box)", re.IGNORECASE)
"""Other words for a field."""
SEARCHING = re.compile(r"(?:[\w-]+-)?(?:search|query)$")
FORM = re.compile(r"\b(?:form|fields|inputs)\b", re.IGNORECASE)
PLAIN = re.compile(r"\b(?:element|line|text|message)\b", re.IGNORECASE)
LABELLED = re.compile(r"[\"“][^\"“”]+[\"”]\s*\((?:data-testid )?$")
SAYS = re.compile(r"\s+(?:says|shows|tells|counts)\b")
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
AROUND = re.compile(
    r"^(?:list|column|lane|count|total|number|filter|search|sort|show|error|message|empty|add|new)\b"
    r"|(?:list|count|total|error|message|progress|score|all)$"
)
"""Names of what stands around the entries."""


def kind_of(name: str, request: str) -> str:
    """What the request calls a thing where it first names it: "button", "checkbox", "field",
    "dropdown", "link"; "text" if nothing else.
    """
    for sentence in sentences(request):
        found = place_of(name, sentence)
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
        found = place_of(name, sentence)
        if found:
            before = sentence[: found.start()]
            clause = CLAUSE.split(before)[-1]
            behind = re.match(
                r"(?:\s*\(|,?\s*)(?:an? )?number(?! field [`\"“])", sentence[found.end() :]
            )
            return bool(behind or "number fields" in before.lower() or "number" in clause.lower())
    return False


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
