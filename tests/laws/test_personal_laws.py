"""What a person wrote down is read without ever failing, told within a budget, and kept whole."""

from __future__ import annotations

import ast
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from homesmith.builder.personal import Personal as Dressing
from homesmith.builder.personal import tabbed
from homesmith.context.estimate import estimate
from homesmith.core.messages import system, user
from homesmith.memory.personal.positions import Unreadable, parse
from homesmith.memory.personal.reading import preferences_in, read
from homesmith.memory.personal.telling import preferences_text
from homesmith.memory.personal.values import Note, Personal, Preference, Project
from homesmith.memory.personal.writing import with_preference, with_rule
from homesmith.runtime.examples import example_slices
from homesmith.runtime.knowing import NOTHING, OfProject, conversation, known

WORDS = st.text(alphabet="abc de\n#.ä", min_size=1, max_size=60)
NAMES = st.sampled_from(["tone", "stack", "coding_style", "own_name"])
PREFERENCES = st.lists(
    st.builds(
        Preference, section=NAMES, name=st.sampled_from(["", "theme", "indentation"]), value=WORDS
    ),
    max_size=30,
).map(tuple)
PROJECTS = st.lists(st.builds(Project, name=WORDS, about=WORDS), max_size=6).map(tuple)
LONG = st.lists(WORDS, max_size=40).map("\n\n".join)
NOTES = st.lists(
    st.builds(Note, file=st.just("knowledge/a.md"), title=WORDS, text=LONG, when=WORDS), max_size=5
).map(tuple)
PEOPLE = st.builds(Personal, preferences=PREFERENCES, projects=PROJECTS, notes=NOTES)
PROJECT_FILES = st.none() | st.builds(OfProject, file=st.just("AGENTS.md"), text=LONG)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


@given(person=PEOPLE, request=WORDS, budget=st.integers(0, 400), project=PROJECT_FILES)
def test_never_over_the_budget_and_everything_says_why(
    person: Personal, request: str, budget: int, project: OfProject | None
) -> None:
    found = known(person, request, budget=budget, count=estimate, project=project)
    shown = sum(one.tokens for one in example_slices(found.examples, estimate))
    assert estimate(found.text) + shown == found.tokens <= budget
    assert all(piece.why for piece in found.slices)
    assert all(piece.text in found.text for piece in found.slices if piece.kept)


@given(person=PEOPLE, first=WORDS, second=WORDS, budget=st.integers(0, 400), project=PROJECT_FILES)
def test_the_head_is_the_same_for_every_request(
    person: Personal, first: str, second: str, budget: int, project: OfProject | None
) -> None:
    one = known(person, first, budget=budget, count=estimate)
    other = known(person, second, budget=budget, count=estimate, project=project)
    assert one.head == other.head


@given(request=WORDS, rules=st.none() | WORDS, budget=st.integers(0, 400))
def test_of_nobody_nothing_is_told(request: str, rules: str | None, budget: int) -> None:
    found = known(Personal(), request, budget=budget, count=estimate)
    before = (*((system(rules),) if rules else ()), user(request))
    assert conversation(found, rules, request) == before == conversation(NOTHING, rules, request)


@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_stop_the_reader(data: bytes) -> None:
    names = ["preferences.json", "projects.json", "knowledge/a.md", "history/2026-01-01.json"]
    for name in names:
        personal = read({name: data})
        for trouble in personal.troubles:
            assert trouble.file == name
            assert 0 <= trouble.line <= data.count(b"\n") + data.count(b"\r") + 2
            error = trouble.error()
            assert error.message
            assert error.why
            assert error.remedy


@given(value=PLAIN, indent=st.sampled_from([None, 1, 4]))
def test_every_value_is_found_on_its_line(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    document = parse(text)
    assert document.value == value
    lines = text.split("\n")
    for path, line in document.lines.items():
        found = value
        for part in path:
            found = found[part]
        begin = json.dumps(found, indent=indent, ensure_ascii=False).split("\n")[0]
        assert begin in lines[line - 1]


@given(
    before=st.lists(st.tuples(NAMES, st.sampled_from(["a", "b"]), WORDS), max_size=6),
    rule=WORDS,
)
def test_a_change_of_one_preference_keeps_the_others(
    before: list[tuple[str, str, str]], rule: str
) -> None:
    text = ""
    wanted: dict[tuple[str, str], object] = {}
    for section, name, value in before:
        try:
            text = with_preference(text, section, name, value)
        except Unreadable:
            assert section == "tone"
            continue
        wanted[section, name] = value
    text = with_rule(text, rule)
    found = {(one.section, one.name): one.value for one in preferences_in("", text)}
    assert found == wanted | {("rules", ""): (rule,)}
    assert rule in preferences_text(preferences_in("", text))


BODY = st.sampled_from(
    [
        "x = 1",
        "y = [\n        1,\n      2,\n    ]",
        'z = """a\n    b\n      c"""',
        "if x:\n        y = 2",
        "# a note",
        'w = f"""{x}\n    d"""',
    ]
)


@given(bodies=st.lists(BODY, min_size=1, max_size=5))
def test_tabs_change_the_look_of_python_and_not_its_meaning(bodies: list[str]) -> None:
    text = "def f(x):\n" + "\n".join(f"    {body}" for body in bodies) + "\n    return x\n"
    made = tabbed(".py", text)
    assert ast.dump(ast.parse(made)) == ast.dump(ast.parse(text))
    assert "\n\treturn x" in made
    assert tabbed(".py", made) == made


@given(text=st.text(max_size=80), path=st.sampled_from(["a.py", "a.js", "a.css", "a.html", "a"]))
def test_who_prefers_nothing_gets_the_file_as_it_is(text: str, path: str) -> None:
    assert Dressing().dressed(path, text) == text
    assert Dressing().before(text) == text
    tabs = Dressing(indentation="tabs").dressed(path, text)
    assert tabs.replace("\t", "").replace(" ", "") == text.replace("\t", "").replace(" ", "")
