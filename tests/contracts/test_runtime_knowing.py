"""What is told of a person for a request: small things whole, large ones by what matters."""

from __future__ import annotations

from dataclasses import replace

from homesmith.context.estimate import estimate
from homesmith.memory.personal.values import Note, Personal, Preference, Project
from homesmith.runtime.knowing import SMALL, Known, OfProject, known

FILLING = "\n\n".join(f"Chapter {n}. " + "Nothing of note happened here. " * 20 for n in range(9))
ROAST = "Roast the beans at 210 degrees for eleven minutes."


def told(person: Personal, request: str, budget: int = 600, project: str = "") -> Known:
    given = OfProject(file="AGENTS.md", text=project) if project else None
    return known(person, request, budget=budget, count=estimate, project=given)


def note(title: str, text: str, when: str = "") -> Note:
    return Note(file=f"knowledge/{title}.md", title=title, text=text, when=when)


def test_a_small_note_is_told_whole_and_only_where_it_is_wanted() -> None:
    person = Personal(notes=(note("tea", "Green tea: 80 degrees."), note("cars", "Blue.")))
    found = told(person, "How hot should green tea be?")
    assert "80 degrees" in found.turn
    assert "Blue." not in found.text
    assert [(piece.source, piece.kept) for piece in found.slices] == [
        ("knowledge/tea.md", True),
        ("knowledge/cars.md", False),
    ]
    assert found.slices[0].why == "it is for: tea"


def test_a_note_is_found_by_any_form_of_its_words_and_by_no_others() -> None:
    deploying = Note(
        file="knowledge/deploying.md",
        title="Deploying",
        tags=("fly", "release"),
        when="something shall go online",
        text="Run fly deploy.",
    )
    cars = note("cars", "Blue, and never parked here.", when="a car shall be painted")
    person = Personal(notes=(deploying, cars))
    for request in ("how do I deploy my shop?", "it was deployed twice", "is it released?"):
        found = told(person, request)
        assert [piece.source for piece in found.slices if piece.kept] == ["knowledge/deploying.md"]
        assert found.slices[0].why.startswith("it is for: ")
    assert "Blue" in told(person, "which paint for cars?").turn
    for request in ("take care of the tests", "employ a cook", "a poem on the planet", "a park"):
        assert told(person, request).turn == "", request


def test_of_a_large_note_the_part_that_matters_is_told() -> None:
    text = f"{FILLING}\n\n## Coffee\n\n{ROAST}\n\n{FILLING}"
    person = Personal(notes=(note("kitchen", text),))
    assert estimate(text) > 5 * SMALL
    found = told(person, "How long do I roast coffee beans?")
    assert ROAST in found.turn
    assert sum(piece.kept for piece in found.slices) == 1
    assert found.tokens <= SMALL + 50
    assert told(person, "a song").turn == ""


def test_a_large_note_that_is_named_is_told_from_its_beginning() -> None:
    person = Personal(notes=(note("kitchen", f"Begin here.\n\n{FILLING}"),))
    found = told(person, "everything on the kitchen please")
    assert "Begin here." in found.turn
    assert "it is for: kitchen" in found.slices[0].why


def test_what_is_worth_least_goes_first() -> None:
    person = Personal(
        preferences=(Preference(section="tone", name="", value="dry"),),
        projects=(Project(name="shop"), Project(name="old", status="done")),
        notes=(note("tea", "Green tea is hot. " * 12, when="tea"),),
    )
    everything = told(person, "tea", project="Use port 4000.")
    assert [piece.source for piece in everything.slices if piece.kept] == [
        "preferences.json",
        "projects.json",
        "AGENTS.md (project)",
        "knowledge/tea.md",
    ]
    assert "old" not in everything.head
    less = told(person, "tea", everything.tokens - 1, "Use port 4000.")
    assert [piece.source for piece in less.slices if not piece.kept] == ["knowledge/tea.md"]
    assert "room" in less.slices[-1].why
    least = told(person, "tea", estimate(everything.head) + 4, "Use port 4000.")
    assert (least.head, least.turn) == (everything.head, "")


def test_many_preferences_are_told_by_section_and_the_first_stay() -> None:
    many = tuple(
        Preference(section=f"section_{number}", name=f"thing {part}", value="a value of its own")
        for number in range(12)
        for part in range(6)
    )
    found = told(Personal(preferences=many), "x", budget=400)
    kept = [piece.source for piece in found.slices if piece.kept]
    assert kept == [f"preferences.json: section_{number}" for number in range(len(kept))]
    assert 1 < len(kept) < 12


def test_of_more_rules_than_fit_the_first_are_told_and_those_with_words_of_the_request() -> None:
    rules = [f"Of subject {number} say nothing that is not known to be so." for number in range(80)]
    rules[70] = "Buttons are as round as coins."
    person = Personal(preferences=(Preference(section="rules", name="", value=tuple(rules)),))
    found = told(person, "a page with round corners")
    assert found.tokens <= 600
    assert sum(rule in found.head for rule in rules) > 15
    assert (rules[0] in found.head, rules[70] in found.turn) == (True, True)
    other = told(person, "xyzzy")
    assert (other.head, other.turn) == (found.head, "")
    names = [piece.source for piece in found.slices]
    assert len(names) == len(set(names))
    assert "preferences.json: rules part 1" in names
    few = replace(person, preferences=(Preference(section="rules", name="", value=("Be kind.",)),))
    assert [piece.source for piece in told(few, "x").slices] == ["preferences.json"]


def test_one_large_list_of_a_section_is_told_in_parts() -> None:
    colours = tuple(f"a blue of number {number}" for number in range(150))
    person = Personal(preferences=(Preference(section="design", name="colours", value=colours),))
    found = told(person, "x")
    assert "design colours: a blue of number 0" in found.head
    assert 0 < sum(f"{colour}\n" in f"{found.head}\n" for colour in colours) < 150


def test_a_large_file_of_the_project_is_told_from_its_beginning_and_where_it_matters() -> None:
    text = f"Build with make.\n\n{FILLING}\n\n## Coffee beans\n\n{ROAST}"
    found = told(Personal(), "how do I roast coffee beans?", budget=900, project=text)
    assert "Build with make." in found.turn
    assert ROAST in found.turn
    assert sum(piece.kept for piece in found.slices) == 2
    assert found.head == ""
