"""Tests of an API, derived from what the request says of its routes: a program writes them.

Each says what one sentence says; what no rule understands has no test. They are kept in the app
as tests/test_app.py, so that a person can read them, run them and add to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from homesmith.builder.endpoints import Endpoint, counted, defaults_of, words_of
from homesmith.builder.kinds import is_number, kind_of
from homesmith.builder.outline import Part
from homesmith.builder.pages import options_of, typed_as
from homesmith.builder.refusals import BLANK, refusals
from homesmith.builder.server_facts import Server, asked_of, form_fields
from homesmith.builder.server_samples import DATE, EMAIL, Case, example, sample_of, speaks

TOP = '''"""Tests of the app, from the words of its request."""

import html

import pytest
from fastapi.testclient import TestClient

from app import app


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE", str(tmp_path / "test.db"))
    return TestClient(app)

'''
REPEATS = re.compile(
    r"\b(?:exists?|already|booked|taken|used|twice|again|same|doubles?|duplicates?)\b"
)
DETAIL = r"%s[^.]*?\"detail\"\s*:\s*\"([^\"]+)\""
AS_TYPED = re.compile(r"\bHTML\b[^.]*\b(?:as typed|not executed|escaped|as text)\b")
NEGATIVE = re.compile(r"\bnegative\b")
ADDS = re.compile(r"\badds?\b")
TAKES = re.compile(r"\btakes? away\b|\bremoves?\b")
DOWNWARD = re.compile(r"\b(?:descending|highest|largest|biggest|most|best|last|Z to A)\b")
ANY_CASE = re.compile(r"\bignor\w+ (?:upper|lower|case)|\bcase[- ]insensitiv")
SEARCH = re.compile(r"\b(?:word|contain\w*|search)\b")


def server_tests(server: Server | None) -> tuple[Part, ...]:
    """The whole test file as one part, or none where nothing can be tested."""
    if server is None:
        return ()
    api = server.api
    create = next((one for one in api if one.method == "POST" and not one.parameter), None)
    one = next((one.path for one in api if one.parameter and len(one.steps) == 1), "")
    case = Case(server=server, create=create, one=one, sample=sample_of(server, create))
    tests = [*_creating(case), *_reading(case), *_changing(case), *_acting(case), *_page(case)]
    if not tests:
        return ()
    return (Part(name="tests", opening=TOP + "\n".join(f"\n{test}" for test in tests)),)


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """The values that come back as they were sent."""
    return {key: value for key, value in body.items() if not isinstance(value, list)}


def _test(name: str, *lines: str) -> str:
    """One test of the file."""
    return "\n".join([f"def test_{name}(client):", *(f"    {line}" for line in lines), ""])


def _make(case: Case, number: int = 1, name: str = "made") -> str:
    return _made(case, case.made(number), name)


def _made(case: Case, body: Mapping[str, Any], name: str) -> str:
    assert case.create is not None
    return f'{name} = client.post("{case.create.path}", json={body!r}).json()'


def _status(code: str | int) -> str:
    return f"assert answer.status_code == {code}"


def _detail(text: str) -> str:
    return f'assert answer.json() == {{"detail": {text!r}}}'


def _holds(body: Mapping[str, Any]) -> str:
    return f"assert {_plain(body)!r}.items() <= answer.json().items()"


def _creating(case: Case) -> Iterator[str]:
    create = case.create
    if create is None or not case.sample:
        return
    post = f'client.post("{create.path}", json='
    answer = f"answer = {post}{case.made()!r})"
    yield _test("creating", answer, _status(create.status or 200), _holds(case.made()))
    for key, value in case.sample.items():
        clause = _clause(create, key)
        for number, wrong in enumerate(_wrong(value, clause), start=1):
            body = {**case.made(), key: wrong}
            yield _test(f"wrong_{key}_{number}", f"answer = {post}{body!r})", _status(422))
        if re.search(r"\bmissing\b", clause):
            body = {name: one for name, one in case.made().items() if name != key}
            yield _test(f"wrong_without_{key}", f"answer = {post}{body!r})", _status(422))
    for key, value in defaults_of(create.told).items():
        body = {name: one for name, one in case.made().items() if name != key}
        asked = (f"answer = {post}{body!r})", _status(create.status or 200))
        yield _test(
            f"creating_without_{key}", *asked, f"assert answer.json()[{key!r}] == {value!r}"
        )
    for key, kept in words_of(case.server.request).items():
        words = ["pear ", "Apple", "apple", "fig"]
        body = {**case.made(), key: words}
        shown = f"assert answer.json()[{key!r}] == {kept.of(words)!r}"
        asked = (f"answer = {post}{body!r})", shown)
        yield _test(f"creating_with_{key}", *asked)
    conflict = re.search(DETAIL % "409", " ".join(create.told))
    lines = (re.sub(r"\{[^}]*\}", "", line) for line in create.told if "409" in line)
    if conflict and any(map(REPEATS.search, lines)):
        again = (answer.removeprefix("answer = "), answer, _status(409), _detail(conflict[1]))
        yield _test("the_same_again", *again)


def _clause(create: Endpoint, key: str) -> str:
    """The words of a 422 that speak of a key."""
    line = next((one for one in create.told if speaks(key, one) and "422" in one), "")
    return " ".join(p for p in re.split(r",|;|\bor if\b", line) if speaks(key, p))


def _wrong(value: Any, clause: str) -> list[Any]:
    """Values that a clause of a 422 speaks of."""
    if isinstance(value, str):
        bad = ["   "] if BLANK.search(clause) else []
        return bad + (["nonsense"] if "start with" in clause else [])
    return [-1] if NEGATIVE.search(clause) else []


def _reading(case: Case) -> Iterator[str]:
    server, can = case.server, case.create is not None and bool(case.sample)
    here = f'(f"{case.at()}")'
    for one in server.api if can else ():
        if one.method == "GET" and not one.parameter and one.steps == (server.plural,):
            yield from _listing(case, one)
        if one.method == "GET" and not one.parameter and one.does in words_of(server.request):
            yield from _counting(case, one)
        if one.method == "GET" and one.parameter and len(one.steps) == 1:
            read = (_make(case), f"answer = client.get{here}", _status(200))
            yield _test("reading_one", *read, "assert answer.json() == made")
        if one.method == "DELETE" and one.parameter:
            reads = any(r.method == "GET" and r.path == one.path for r in server.api)
            gone = f"assert client.{'get' if reads else 'delete'}{here}.status_code == 404"
            deleted = (f"answer = client.delete{here}", _status(one.status or 200))
            yield _test("deleting", _make(case), *deleted, gone)
    found = re.search(DETAIL % "404", server.request)
    unknown = next((o for o in server.api if o.parameter and o.method in ("GET", "DELETE")), None)
    if found and unknown is not None:
        path = re.sub(r"\{\w+\}", "999", unknown.path)
        asked = f'answer = client.{unknown.method.lower()}("{path}")'
        yield _test("unknown", asked, _status(404), _detail(found[1]))


def _listing(case: Case, one: Endpoint) -> Iterator[str]:
    key, told = case.server.key, " ".join(one.told)
    two = (_make(case), _make(case, 2, "other"))
    listed = f'listed = client.get("{one.path}").json()'
    if re.search(r"\b(?:newest|latest|last) first\b", told):
        yield _test("listing", *two, listed, "assert listed == [other, made]")
    elif _is_sorted(case, told):
        yield _test("listing", *two, listed, "assert listed == [made, other]")
    else:
        keys = f"{{one['{key}'] for one in listed}} == {{made['{key}'], other['{key}']}}"
        yield _test("listing", *two, listed, f"assert {keys}")
    texts = [name for name in case.sample if "two" in str(case.made(2)[name])]
    for name, value in one.queries:
        clauses = re.split(r"(?<=[.;,])\s", told)
        clause = next((part for part in clauses if f"?{name}=" in part), "")
        if held := asked_of(name, case.server.request):
            yield _sorting_out(case, one, name, held)
        elif value.isdecimal() and re.search(r"\bat most\b", told):
            get = f'client.get("{one.path}?{name}='
            counts = (f'assert len({get}1").json()) == 1', f'assert len({get}9").json()) == 2')
            yield _test(name, *two, *counts)
        elif SEARCH.search(clause) and _is_sought(case, texts, clause, value):
            # In neither small letters nor capitals alone, so that both sides must be told alike.
            texts_of_two = {
                held: text.replace("two", "Two") if isinstance(text, str) else text
                for held, text in case.made(2).items()
            }
            found = f'found = client.get("{one.path}?{name}=TWO").json()'
            only = f"assert [one['{key}'] for one in found] == [other['{key}']]"
            yield _test(name, _make(case), _made(case, texts_of_two, "other"), found, only)


def _sorting_out(case: Case, one: Endpoint, name: str, key: str) -> str:
    """A query for one of the words that things hold: a word that only begins so is another one."""
    two = (_make_with(case, key, ["figs", "pear"]), _make_with(case, key, ["fig", "apple"], 2))
    word = "FIG" if ANY_CASE.search(" ".join(one.told)) else "fig"
    found = f'found = client.get("{one.path}?{name}={word}").json()'
    only = f"assert [one['{case.server.key}'] for one in found] == [other['{case.server.key}']]"
    return _test(name, *two, found, only)


def _counting(case: Case, one: Endpoint) -> Iterator[str]:
    """A route that tells each of the words that things hold, and how often."""
    told, names = " ".join(one.told), counted(one)
    if not names:
        return
    word, count = names
    two = (
        _make_with(case, one.does, ["fig", "kiwi"]),
        _make_with(case, one.does, ["fig", "apple", "pear"], 2),
    )
    # Neither the oldest nor the newest thing first gives the words that are there once in order.
    often = (("fig", 2), ("apple", 1), ("kiwi", 1), ("pear", 1))
    ordered = re.search(r"\bmost\b[^.]*\bfirst\b", told) and "alphabetical" in told
    shown = often if ordered else sorted(often)
    expected = [{word: name, count: times} for name, times in shown]
    get = f'found = client.get("{one.path}").json()'
    found = "found" if ordered else f"sorted(found, key=lambda one: one['{word}'])"
    yield _test(f"counting_{one.does}", *two, get, f"assert {found} == {expected!r}")


def _make_with(case: Case, key: str, words: list[str], number: int = 1) -> str:
    """Make a thing that holds these words under a key."""
    body = {**case.made(number), key: words}
    return _made(case, body, "made" if number == 1 else "other")


def _is_sought(case: Case, texts: list[str], clause: str, value: str) -> bool:
    """Whether a word in those texts is found, where a clause says what is looked through."""
    told = [name for name in case.sample if speaks(name, clause)] or texts
    return bool(set(told) & set(texts)) and not value.isdecimal()


def _differs(case: Case, name: str, kind: type) -> bool:
    """Whether two things that the tests make have other values of this kind under a name."""
    one, other = case.made().get(name), case.made(2).get(name)
    return isinstance(one, kind) and one != other


def _is_sorted(case: Case, told: str) -> bool:
    """Whether things are said to be sorted upwards by what tells those of the tests apart."""
    found = re.search(r"\bsorted by (?:the )?`?(\w+)", told)
    return bool(found and not DOWNWARD.search(told) and _differs(case, found[1], str))


def _changing(case: Case) -> Iterator[str]:
    if case.create is None or not case.sample:
        return
    for one in case.server.api:
        if len(one.steps) != 1 or not one.parameter:
            continue
        if one.method == "PUT":
            body = case.made(2)
            put = f'answer = client.put(f"{case.at()}", json={body!r})'
            yield _test("replacing", _make(case), put, _status(200), _holds(body))
        if one.method == "PATCH":
            yield from _patching(case, one)


def _patching(case: Case, one: Endpoint) -> Iterator[str]:
    for key in [key for key in case.sample if f"`{key}`" in " ".join(one.told)][:2]:
        value = case.made(2)[key]
        change = {key: value + 1 if isinstance(value, int) else value}
        patch = f'answer = client.patch(f"{case.at()}", json={change!r})'
        same = f"assert answer.json() == {{**made, **{change!r}}}"
        yield _test(f"changing_{key}", _make(case), patch, _status(200), same)
        bad = _wrong(value, _clause(case.create, key)) if case.create else []
        if bad and re.search(r"\bsame rules?\b", " ".join(one.told)):
            patch = f'answer = client.patch(f"{case.at()}", json={ {key: bad[0]}!r})'
            yield _test(f"changing_{key}_wrongly", _make(case), patch, _status(422))


def _acting(case: Case) -> Iterator[str]:
    """What is done to a thing changes a number of it, and is refused when it is too much."""
    if case.create is None or not case.sample:
        return
    numbers = [key for key, value in case.sample.items() if isinstance(value, int)]
    for one in case.server.api:
        if len(one.steps) < 2 or one.method != "POST" or not one.parameter or not one.keys:
            continue
        told, key, name = " ".join(one.told), one.keys[0], one.steps[-1].replace("-", "_")
        post = f'answer = client.post(f"{case.at(one.path)}", json={{"{key}": '
        spoken = [number for number in numbers if speaks(number, told)]
        field = next(iter(spoken or (number for number in numbers if number == "quantity")), "")
        sign = "+" if ADDS.search(told) else "-" if TAKES.search(told) else ""
        if field and sign:
            now = f"assert answer.json()['{field}'] == made['{field}'] {sign} 2"
            yield _test(name, _make(case), f"{post}2}})", _status(200), now)
        conflict = re.search(DETAIL % "409", told)
        if conflict and sign == "-":
            refused = (f"{post}9999}})", _status(409), _detail(conflict[1]))
            yield _test(f"{name}_too_much", _make(case), *refused)
        if re.search(r"below 1\b|at least 1\b|less than 1\b", told):
            yield _test(f"{name}_nothing", _make(case), f"{post}0}})", _status(422))


def _typed(value: Any) -> str:
    """What a person types for a value."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _sent(case: Case, name: str) -> Any:
    """What is sent for a field of the form; "" for a dropdown without known options."""
    request = case.server.request
    if kind_of(name, request) in ("dropdown", "select"):
        return next(iter(options_of(name, request)), "")
    if name in case.sample:
        return case.sample[name]
    other = {"date": DATE, "time": "10:30", "month": "2026-03", "email": EMAIL}
    plain = other.get(typed_as(name, request)) or example(name, "Sample")
    return "3" if is_number(name, request) else plain


def _page(case: Case) -> Iterator[str]:
    server = case.server
    fields = form_fields(server.request)
    sends = any(one.method == "POST" and one.path == "/" for one in server.routes)
    if not server.page or not fields or not sends:
        return
    data = {name: _typed(_sent(case, name)) for name in fields}
    if not all(data.values()):
        return
    first = next(iter(data))
    texts = (value for name, value in data.items() if "url" not in name and value[0].isalpha())
    shown = next(texts, data[first])
    post = 'answer = client.post("/", data='
    there = (f"assert {shown!r} in answer.text", f'assert {shown!r} in client.get("/").text')
    yield _test("form", f"{post}{data!r})", _status(200), *there)
    told = (*server.rest, *(line for one in server.routes for line in one.told))
    refused = any("400" in sentence and BLANK.search(sentence) for sentence in told)
    status = (_status(400),) if refused else ()
    refusing = refusals(fields, told)
    if refused and all(one.field != first for one in refusing):
        yield _test(f"form_without_{first}", f"{post}{ {**data, first: ' '}!r})", *status)
    if any(AS_TYPED.search(sentence) for sentence in told) and shown == data[first]:
        marked = {**data, first: "<b>Bold</b>"}
        typed = 'assert "&lt;b&gt;Bold&lt;/b&gt;" in client.get("/").text'
        yield _test("form_shows_as_typed", f"{post}{marked!r})", typed)
    for one in refusing:
        kind = "long" if "*" in one.wrong else "wrong"
        sent = f"{{**{data!r}, {one.field!r}: {one.wrong}}}"
        said = f"assert {one.message!r} in html.unescape(answer.text)"
        yield _test(f"form_{kind}_{one.field}", f"{post}{sent})", *status, said)
