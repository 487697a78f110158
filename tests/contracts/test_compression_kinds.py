"""Each kind of text is known by its content, and what matters in it stays."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import homesmith
from homesmith.context.compression.compress import compress
from homesmith.context.compression.kinds import detect
from homesmith.context.compression.packing import Material, pack
from homesmith.context.compression.pages import text_of
from homesmith.context.compression.sources import shape
from homesmith.context.compression.terms import asked_words, stem
from homesmith.context.compression.values import Editable
from homesmith.context.estimate import estimate

TOWNS = ("Arlen", "Bree", "Corda", "Dunmore", "Esk", "Fell", "Garth", "Holm", "Inver", "Jarrow")
HARBOUR = "Work on the harbour of Esk began slowly. It was opened by Queen Maud in 1902."
PROSE = "\n\n".join(
    f"Document [{number}] {town} lies by the sea. "
    + (HARBOUR if town == "Esk" else f"The market of {town} is held twice a week, in the square.")
    for number, town in enumerate(TOWNS, start=1)
)
LOG = "".join(
    f"2026-01-02 03:{second // 60:02}:{second % 60:02} INFO worker-{second % 7} did job {second}\n"
    for second in range(300)
)
TRACE = (
    "2026-01-02 03:05:00 ERROR worker-3 gave up on job 300\n"
    "Traceback (most recent call last):\n"
    '  File "work.py", line 12, in run\n'
    "    raise ValueError(name)\n"
    "ValueError: no such queue\n"
)
SCRIPT = """import { load } from './load.js';
const LIMIT = 3;

export function total(items) {
  let sum = 0;
  for (const item of items) {
    sum += item.price;
  }
  return sum;
}

class Board {
  constructor(root) {
    this.root = root;
    this.items = [];
  }

  draw() {
    this.root.textContent = '';
    for (const item of this.items) {
      this.root.append(item.title);
    }
  }
}

const later = (work) => {
  setTimeout(work, 10);
  return true;
};
"""
TYPED = "interface Item { price: number }\ntype Items = Item[];\n" + SCRIPT.replace(
    "total(items)", "total(items: Item[]): number"
)
PAGE = """<!doctype html><html><head><title>Ports &amp; towns</title><style>p { x: y }</style>
</head><body><h1>Esk</h1><p>A <b>small</b> port.<ul><li>cranes<li>ships</ul>
<script>const hidden = '<p>no</p>';</script><table><tr><td>1<td>2</table></body></html>"""


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("empty", " \n\t"),
        ("binary", "PK\x03\x04\x00\x00" * 20),
        ("prose", PROSE),
        ("prose", "# Notes\n\nDo this:\n\n```python\nimport os\ndef f():\n    pass\n```\n"),
        ("prose", '{"a": [1, 2'),
        ("html", PAGE),
        ("html", "<div><p>One</p><p>Two</p></div>"),
        ("json", '[{"a": 1}, {"a": 2}]'),
        ("json", '{"a": 1}\n{"a": 2}\n'),
        ("log", LOG),
        ("log", "".join(f"Unpacking package{n} (1.{n}) ...\n" for n in range(30))),
        ("log", "".join(f"worker 2026-01-02 03:04:{n}: started it\n" for n in range(10, 20))),
        ("javascript", SCRIPT),
        ("typescript", TYPED),
        ("python", "LIMIT = 3\nimport os\n"),
    ],
)
def test_kinds_are_known_by_content(kind: str, text: str) -> None:
    assert detect(text) == kind


def sources() -> list[Path]:
    return sorted(Path(homesmith.__file__).parent.glob("c*/**/*.py"))


def test_our_own_sources_are_python_and_half_as_long_without_their_bodies() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sources()]
    texts = [text for text in texts if any("def " in line for line in text.split("\n"))]
    assert {detect(text) for text in texts} == {"python"}
    shapes = [shape(text, "python") for text in texts]
    assert sum(map(estimate, texts)) >= 2 * sum(map(estimate, shapes))
    for text, short in zip(texts, shapes, strict=True):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                assert f"class {node.name}" in short
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert f"def {node.name}(" in short


def test_the_sentence_that_answers_stays() -> None:
    for budget in (60, 120, 200):
        made = compress(PROSE, "who opened the harbor of Esk?", budget)
        assert "opened by Queen Maud in 1902" in made.text
        assert "…" in made.text
    assert "Queen" not in compress(PROSE, "when is the market of Bree held?", 60).text


def test_a_sentence_stays_behind_the_first_words_of_its_passage_and_its_heading() -> None:
    filler = "\n\n".join(f"The market of {town} is held in the square." for town in TOWNS * 9)
    novel = "The Call of the Wild is a novel of 1903 that made its author known in one season."
    dog = "Its central character is a dog named Buck."
    text = f"{filler}\n\n## Books with animals\n\nMuch was read. {novel} {dog} It sold well."
    shown = compress(f"{text}\n\n{filler}", "what is the name of the dog?", 60, "prose").text
    assert f"…\n\n## Books with animals\n\nMuch was read. … {dog}" in shown
    text = text.replace("Much was read. ", "")
    shown = compress(f"{text}\n\n{filler}", "what is the name of the dog?", 60, "prose").text
    begin = "The Call of the Wild is a novel of 1903 that made its author"
    assert f"## Books with animals\n\n{begin} … {dog}" in shown


def test_a_heading_is_its_line_alone() -> None:
    wrapped = "Much was read of them in the long years of which nobody wrote.\nIt was a fine time."
    dog = "Its central character is a dog named Buck."
    text = f"# Books with animals\n{wrapped} The year was 1903. {dog}\n\n{PROSE}"
    shown = compress(text, "what is the name of the dog?", 40, "prose").text
    assert f"# Books with animals\n… {dog}" in shown


@pytest.mark.parametrize("budget", range(40, 60, 4))
def test_the_answer_stays_where_its_first_words_have_no_room(budget: int) -> None:
    letters = "Letters of the market and the village were read to all who came by that day."
    passage = f"{letters} They were quiet. Nobody spoke of it."
    answer = "The harbour of Esk was opened by Queen Maud in 1902."
    text = "\n\n".join([passage] * 5 + [f"{letters} {answer} It rained."] + [passage] * 5)
    assert answer in compress(text, "who opened the harbour of Esk?", budget, "prose").text


def test_without_a_question_the_beginnings_stay() -> None:
    text = compress(PROSE, "", 150).text
    assert "Document [1] Arlen lies by the sea." in text
    assert "Queen" not in text


def test_meaning_finds_what_words_do_not() -> None:
    def embed(texts: Sequence[str]) -> list[list[float]]:
        """Two topics: royalty, and all else."""
        return [[float("Queen" in text or "monarch" in text), 0.2] for text in texts]

    question = "any monarch?"
    assert "Queen" not in compress(PROSE, question, 70).text
    assert "Queen" in compress(PROSE, question, 70, embed=embed).text


def test_what_is_said_twice_stays_once() -> None:
    line = "The gate of the upper lock must be closed before the lower one opens.\n\n"
    text = line * 30 + "Other words stand here, at the end of it all."
    made = compress(text, "gate lock", 90, "prose")
    assert made.text.count("upper lock") == 1
    assert "Other words" in made.text
    assert {piece.why for piece in made.dropped} == {"said before, word for word"}


def test_a_log_keeps_what_failed_and_counts_the_rest() -> None:
    log = LOG[: LOG.index("2026-01-02 03:02:00")] + TRACE + LOG[LOG.index("2026-01-02 03:02:00") :]
    made = compress(log, "what went wrong?", 400)
    assert made.kind == "log"
    assert TRACE in made.text
    assert "(x300)" in made.text
    assert "… lines" in made.text
    assert made.before > 10 * made.tokens


def test_a_failure_goes_before_all_else_in_a_log() -> None:
    kinds = "".join(f"2026-01-02 03:00:00 INFO {word} is up\n" for word in TOWNS)
    warning = "2026-01-02 03:04:00 WARN the disk is nearly full\n"
    made = compress(kinds * 5 + warning + TRACE + kinds * 5, "", 150)
    assert TRACE in made.text
    assert warning in made.text
    assert made.text.index("WARN") < made.text.index("ERROR")
    assert "Corda" not in made.text
    assert {piece.why for piece in made.kept} >= {"something failed", "a warning"}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("when was the ferry of Bree built?", "The ferry of Bree was built in June 1950."),
        ("how many seats has the ferry of Bree?", "The ferry of Bree has fifty or 60 seats."),
        ("who built the ferry of Bree?", "The ferry of Bree was built by Tom Lark."),
    ],
)
def test_what_kind_of_thing_is_asked_for_decides_between_equals(question: str, answer: str) -> None:
    same = "The ferry of Bree was built and has its seats and is a ferry of wood. " * 2
    for text in (f"{same}{answer} {same}", f"{answer} {same}{same}"):
        assert answer in compress(text, question, 36, "prose").text


def test_json_becomes_a_table_and_what_stands_out_stays() -> None:
    rows = [{"id": number, "level": "info", "note": f"step {number}"} for number in range(200)]
    rows[137] = {"id": 137, "level": "fatal", "note": "disk full, at last"}
    whole = compress(json.dumps({"rows": rows}, indent=1), "", 4000)
    assert whole.tokens * 1.5 < whole.before
    assert "rows[200]{id,level,note}:\n0,info,step 0\n" in whole.text
    assert "199,info,step 199" in whole.text
    assert not whole.dropped
    short = compress(json.dumps(rows), "", 100)
    assert '137,fatal,"disk full, at last"' in short.text
    assert "more\n" in short.text


def test_a_page_is_read_as_a_person_reads_it() -> None:
    text = text_of(PAGE)
    assert text.startswith("# Ports & towns\n\n# Esk\n\nA small port.\n")
    assert "- cranes\n- ships" in text
    assert "| 1 | 2" in text
    assert "hidden" not in text
    assert "x: y" not in text
    assert compress(PAGE, "", 80).text.endswith(text)


def test_code_is_a_shape_with_the_body_that_is_asked_for() -> None:
    made = compress(SCRIPT, "why does draw show nothing?", 170)
    assert made.kind == "javascript"
    assert "this.root.append(item.title);" in made.text
    assert "sum += item.price" not in made.text
    assert "export function total(items) {\n  // … lines 5-9\n}" in made.text
    assert "class Board {" in made.text
    assert "const later = (work) => {" in made.text


def test_a_program_inside_of_one_function_has_a_shape() -> None:
    short = shape(f"(function () {{\n{SCRIPT}}})();\n", "javascript")
    assert "export function total(items) {" in short
    assert "draw() {" in short
    assert "sum += " not in short
    long = "def main():\n" + "    print('one line')\n" * 100
    assert shape(long, "python") == "def main():\n    ...  # lines 2-101\n"


def test_typed_code_has_a_shape() -> None:
    text = shape(TYPED, "typescript")
    assert "interface Item { price: number }" in text
    assert "total(items: Item[]): number {" in text
    assert "sum" not in text


def test_code_with_a_mistake_in_it_has_a_shape_too() -> None:
    broken = "def one(:\n    a = 1\n    return a\n\n\ndef two(b):\n    c = b\n    return c\n" * 5
    assert "def two(b):" in shape(broken, "python")


def test_levels_go_before_one_another() -> None:
    materials: list[Material | Editable] = [
        Material(source="nice.txt", text=PROSE, level="nice"),
        Material(source="wanted.log", text=LOG),
        Material(source="rule.txt", text="Answer in one line.", level="pinned"),
        Editable(source="app.py", text="x = 1\ny = 2"),
    ]
    packed = pack(materials, "who opened the harbour?", 500)
    nice, wanted, rule, app = packed.context.slices
    assert rule.text == "rule.txt:\nAnswer in one line."
    assert app.text == "app.py:\nx = 1\ny = 2"
    assert "stays whole" in app.why
    assert "log:" in wanted.why
    assert (nice.kept, nice.why) == (False, "no room for any of it")
    assert rule.worth > wanted.worth > nice.worth
    best = pack(materials[:2], "who opened the harbour of Esk?", 5000, best_last=True)
    assert best.context.slices[-1].source == "wanted.log"
    same = [Material(source=name, text=text) for name, text in (("a", HARBOUR), ("b", "Trains."))]
    turned = pack(same, "who opened the harbour?", 500, best_last=True)
    assert [piece.source for piece in turned.context.slices] == ["b", "a"]


def test_of_many_files_those_that_answer_have_the_room() -> None:
    files = [
        Material(source=f"{number}.txt", text=f"{part} And so it was for many a year. " * 2)
        for number, part in enumerate(PROSE.split("\n\n"))
    ]
    packed = pack(files, "who opened the harbour of Esk?", 150, best_last=True)
    last = packed.context.slices[-1]
    assert last.source == "4.txt"
    assert last.why == "whole"
    assert [one.kept for one in packed.context.slices].count(False) > 4


def test_a_binary_file_takes_one_line_and_leaves_the_room_to_others() -> None:
    years = "".join(f"The harbour of Esk had many ships in {year}. " for year in range(1800, 1880))
    files = [
        Material(source="b.bin", text="\0harbour of Esk opened " * 2000),
        Material(source="years.txt", text=years),
    ]
    binary, prose = pack(files, "who opened the harbour of Esk?", 700).context.slices
    assert "that are no text" in binary.text
    assert prose.tokens > 600
    files[0] = Material(source="b.bin", text=files[0].text, kind="prose")
    told = pack(files, "who opened the harbour of Esk?", 700).context.slices[0]
    assert "harbour of Esk" in told.text


def test_what_two_files_say_alike_is_given_room_once() -> None:
    years = "".join(f"The harbour of Esk had many ships in {year}. " for year in range(1800, 1880))
    other = "".join(f"Of the trains {year} ran at night with coal. " for year in range(1800, 1880))
    files = [
        Material(source=name, text=text)
        for name, text in (("a", years), ("b", years), ("c", other))
    ]
    first, again, _ = pack(files, "which ships came to Esk?", 900).context.slices
    assert first.tokens > 2 * again.tokens


def test_of_a_few_files_each_is_seen() -> None:
    years = range(1800, 1890)
    ships = "".join(f"The harbour of Esk had many ships in {year}. " for year in years)
    trains = "".join(f"Of the trains {year} ran at night with coal. " for year in years)
    files = [Material(source="a.txt", text=ships), Material(source="b.txt", text=trains)]
    packed = pack(files, "who opened the harbour of Esk?", 800)
    answering, other = (one.tokens for one in packed.context.slices)
    assert answering > 2 * other > 2 * 30


def test_words_of_one_family_have_one_stem() -> None:
    for family in (
        "sing sings singing singer",
        "captain captains captained",
        "open opened opening",
    ):
        assert len({stem(word) for word in family.split()}) == 1
    assert asked_words("Who is the Pokémon trainer?") == ["pokemon", "trainer"]
    assert asked_words("who is it") == ["who", "is", "it"]
