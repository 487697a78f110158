"""Whether an answer comes to what is known: a number, a choice, yes or no, or words at its end.

What is wanted decides how it is compared: a number by its value, all else as it is written. It
does not know tasks. Published suites of numbers go by their last number, see `number_tasks`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from homesmith.improve.answers import CHOICE, ENDS, NEAR, marked, number, total

WORD = re.compile(
    r"(?:(?<![\w)])[-+](?=[$€£¥]?\.?\d))?[$€£¥]?(?:(?<!\w)\.(?=\d))?"
    r"\w+(?:(?:[/'@-]|(?<=\d)[.,:](?=\d)|(?<=[^\W\d])\.(?=[^\W\d]))\w+)*"
    r"(?:\+\+|#)?[%$€£¥]?|[%$€£¥]"
)
"""A word with what belongs to it, as in $5, 10.0.0.1, 16:25, 3/4, utf-8, node.js and C++."""
FIGURE = re.compile(
    r"(?P<minus>[-+]?)(?P<front>[$€£¥]|[^\W\d_]*)(?=\.?\d)"
    r"(?P<digits>(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+)?(?:\.\d+)?)"
    r"(?P<back>[%$€£¥]?)-?(?P<glued>(?:[^\W\d_]+(?:/[^\W\d_]+)*)?)"
)
OTHER_BASE = re.compile(r"[-+]?0[xob]", re.IGNORECASE)
SIGNS = {
    **dict.fromkeys(("$", "usd", "dollar", "dollars"), "$"),
    **dict.fromkeys(("€", "eur", "euro", "euros"), "€"),
    **dict.fromkeys(("£", "gbp"), "£"),
    **dict.fromkeys(("¥", "jpy", "yen"), "¥"),
    **dict.fromkeys(("%", "percent"), "%"),
}
PLURAL = 4
"""The least letters of a unit whose closing s says no more than that there are several."""
PAIRS = {"yes": "no", "no": "yes", "true": "false", "false": "true"}
OPENING = re.compile(
    r"[\W_]*(yes|no|true|false)(?!['-]?[^\W_])"
    r"(?=\s*(?:[^\w\s]|_|\n|$)|\s+(?:as|because|he|it|she|since|that|there|they|this|we|you)\b)",
    re.IGNORECASE,
)
"""Yes or no where it is all that is said, not as in "No number divides it"."""
LEADING = frozenset(("so", "therefore", "thus", "hence", "actually", "then"))
DENIALS = frozenset(("not", "never"))
"""What turns true into false, right before it or a word earlier: "that is not always true"."""
VERSIONED = re.compile(r"[Vv]ersion|[Rr]elease")
SPELLINGS = (
    (re.compile("\N{MINUS SIGN}"), "-"),
    (re.compile("\N{RIGHT SINGLE QUOTATION MARK}"), "'"),
    (re.compile(r"\\(?:text|mathrm|textbf|mathbf)\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)"), r"\1"),
    (re.compile(r"\\[dt]?frac\{([^{}]+)\}\{([^{}]+)\}"), r"\1/\2"),
    (re.compile(r"\$([-+]?[\d.,]+(?:/\d+)?(?:\\?%)?)\$"), r"\1"),
    (re.compile(r"(?<=\d)[ \t]+([/:])[ \t]+(?=\d)"), r"\1"),
    (re.compile(r"\bper cent\b", re.IGNORECASE), "percent"),
)
"""What is written in several ways, as it is compared: a minus, _words_, 3/4 in LaTeX, 3 / 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number as it is said. `sign`: of money or percent; `unit`: the words behind it.

    `digits` are "" where it is none but holds digits, as a date and 16:25 do. `named`: whether it
    stands behind a name or the word version, as in "use Python 3.10".
    """

    shown: str
    digits: str = ""
    sign: str = ""
    unit: tuple[str, ...] = ()
    named: bool = False

    @property
    def closing(self) -> bool:
        """Whether it is written with a zero that adds nothing, as 3.10 and 2.50 but not 79.0."""
        fraction = self.digits.partition(".")[2]
        return fraction.endswith("0") and bool(fraction.strip("0"))


def unlike(answer: str, wanted: str) -> str:
    """In which way an answer does not come to what is wanted, "" where it does."""
    answer, sought = _plain(answer), _plain(wanted)
    words = _words(sought)
    if len(words) == 1 and words[0].lower() in PAIRS:
        return _unlike_verdict(answer, words[0].lower(), wanted)
    number_wanted = _wanted_number(words)
    if number_wanted is not None:
        return _unlike_number(answer, number_wanted, wanted)
    choice = words[0].upper() if len(words) == 1 and words[0].upper() in "ABCDEFGHIJ" else ""
    said = _choice(answer) if choice else ""
    if (choice and said == choice) or _ends(answer, words) or _is_marked(answer, words):
        return ""
    end = " ".join(_words(answer)[-len(words) :]) if words else ""
    found = f"concludes {said}" if said else f"ends with {end or 'nothing that can be compared'}"
    return f"{found}, not {wanted}"


def comparable(wanted: str) -> bool:
    """Whether there is anything in it that an answer can be compared with."""
    return bool(_words(_plain(wanted)))


def _plain(text: str) -> str:
    for pattern, spelling in SPELLINGS:
        text = pattern.sub(spelling, text)
    return text.strip()


def _words(text: str) -> list[str]:
    return WORD.findall(text)


def _same(words: Sequence[str], others: Sequence[str]) -> bool:
    return bool(others) and [_key(one) for one in words] == [_key(one) for one in others]


def _key(word: str) -> str:
    """A word in one form: small letters, no thousands separators, 3.10 for v3.10."""
    return re.sub(r"(?<=\d),(?=\d{3})|^v(?=\d)", "", word.casefold())


def _ends(answer: str, words: Sequence[str]) -> bool:
    """Whether an answer ends with these words, but for what stands in parentheses behind them."""
    whole = (answer, re.sub(r"\s*\([^()]*\)\W*$", "", answer))
    return any(_same(_words(text)[-len(words) :], words) for text in whole)


def _is_marked(answer: str, words: Sequence[str]) -> bool:
    """Whether these words alone stand behind "the answer is", up to a reason or a comma."""
    place = marked(answer) or ""
    clause = ENDS.split(place)[0]
    return any(_same(_words(one), words) for one in (place, clause, re.split("[,(]", clause)[0]))


def _choice(answer: str) -> str:
    """The letter that an answer chooses, "" without one; C++ is none."""
    place = marked(answer)
    place = answer if place is None else place
    found, words = CHOICE.match(place), _words(place)
    return found[1].upper() if found and len(words[0]) == 1 else ""


def _unlike_verdict(answer: str, sought: str, wanted: str) -> str:
    said = _verdict(answer)
    if said == sought:
        return ""
    if said:
        return f"says {said}, not {wanted}"
    one, other = sorted((sought, PAIRS[sought]), reverse=True)
    return f"says neither {one} nor {other}, and {wanted} was wanted"


def _verdict(answer: str) -> str:
    """Yes, no, true or false: as marked, else the last sentence, else how it begins or ends."""
    found = OPENING.match(marked(answer) or "")
    last = _words(re.split(r"(?<=[.!?])\s+|\n+", answer)[-1])
    while last and last[0].lower() in LEADING:
        last = last[1:]
    if not found and len(last) == 1 and last[0].lower() in PAIRS:
        return last[0].lower()
    found = found or OPENING.match(answer)
    if found:
        return found[1].lower()
    *before, end = [word.lower() for word in last or _words(answer)] or [""]
    denied = any(word in DENIALS or word.endswith("n't") for word in before[-2:])
    return PAIRS.get(end, "") if denied or end not in PAIRS else end


def _unlike_number(answer: str, sought: Number, wanted: str) -> str:
    said = _said_number(answer)
    if said is None:
        return f"concludes no number, not {wanted}"
    if _equal(said, sought):
        return ""
    beside = said.unit[: len(sought.unit)]
    return f"concludes {' '.join((said.shown, *beside))}, not {wanted}"


def _equal(said: Number, sought: Number) -> bool:
    if not said.digits or number(said.digits) != number(sought.digits):
        return False
    if sought.sign and said.sign not in ("", sought.sign):
        return False
    if sought.unit:
        units = [[_singular(one) for one in each.unit] for each in (said, sought)]
        return units[0][: len(sought.unit)] == units[1]
    if said.sign or sought.sign:
        return True
    exact = sought.closing or (said.closing and said.named)
    return not exact or said.digits == sought.digits


def _singular(unit: str) -> str:
    key = unit.casefold()
    return key.removesuffix("s") if len(key) >= PLURAL else key


def _wanted_number(words: Sequence[str]) -> Number | None:
    """The one number that is wanted, with its sign or unit; None where it is anything else."""
    places = [place for place, word in enumerate(words) if re.search(r"\d", word)]
    if len(places) != 1 or any(word.lower() not in SIGNS for word in words[: places[0]]):
        return None
    found = _number(words, places[0])
    return found if found.digits else None


def _said_number(answer: str) -> Number | None:
    """The first number of what is marked, of a sum what it comes to; else the last one of all.

    What begins with a letter, as MD5 does, is a name.
    """
    place = marked(answer)
    near = [total(place), place[:NEAR]] if place is not None else []
    for text, at in (*((one, 0) for one in near), (answer, -1)):
        words = _words(text)
        found = [_number(words, index) for index, one in enumerate(words) if re.search(r"\d", one)]
        found = [one for one in found if one.digits or not one.shown[0].isalpha()]
        if found:
            return found[at]
    return None


def _number(words: Sequence[str], place: int) -> Number:
    word, before = words[place], words[place - 1] if place else ""
    found = None if OTHER_BASE.match(word) else FIGURE.fullmatch(word)
    front = found["front"].lower() if found else ""
    if not found or (front and front != "v" and front not in SIGNS):
        return Number(shown=word)
    unit = [found["glued"], *words[place + 1 :]] if found["glued"] else [*words[place + 1 :]]
    near = (front, found["back"], *unit[:1], before)
    sign = next((SIGNS[one.lower()] for one in near if one.lower() in SIGNS), "")
    if unit and unit[0].lower() in SIGNS:
        unit = unit[1:]
    named = place > 1 and re.fullmatch("[A-Z][a-z]+", before) is not None
    return Number(
        shown=word.removesuffix(found["glued"]).removesuffix("-") if found["glued"] else word,
        digits=("-" if found["minus"] == "-" else "") + found["digits"].replace(",", ""),
        sign=sign,
        unit=tuple(unit),
        named=named or VERSIONED.fullmatch(before) is not None,
    )
