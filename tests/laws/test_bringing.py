"""Of what was found, a message brings along what shares enough of what the message is about."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from homesmith.context.prompt.values import Layout
from homesmith.core.memories import Memory, Piece, Recalled
from homesmith.memory.recall import Recollection
from homesmith.runtime.conversation.bringing import REPEATED, UNLIKE, Brought, bring
from homesmith.runtime.knowing import NOTHING

WEIGHTS = {"omar": 2.0, "planted": 2.0, "beans": 2.0, "fence": 2.0, "45": 6.0}


def brought(message: str, *texts: str, alike: float = 0.0, speakers: Sequence[str] = ()) -> Brought:
    who = speakers or len(texts) * ("user",)
    found = tuple(
        Recalled(piece=_piece(number, text, by), worth=1.0, why="", tokens=9, alike=alike)
        for number, (text, by) in enumerate(zip(texts, who, strict=True), start=1)
    )
    recollection = Recollection(found=found, way=lambda: "words", weights=WEIGHTS)
    return bring(message, recollection, NOTHING, Layout())


def _piece(number: int, text: str, speaker: str) -> Piece:
    memory = Memory(
        id=number, kind="message", session="s", speaker=speaker, text=text, at="2026-01-01"
    )
    return Piece(chunk=number, memory=memory, start=0, stop=len(text), head=speaker)


def texts(found: Brought) -> list[str]:
    return [one.text.partition("] ")[2] for one in found.passages]


def test_rare_words_make_a_piece_worth_reading_and_common_ones_do_not() -> None:
    found = brought("Where were the 45 beans?", "Omar sold some.", "It was 45.", "Beans and fence")
    assert texts(found) == ["It was 45.", "Beans and fence"]
    assert [one.why for one in found.dropped] == [UNLIKE]


def test_what_means_the_same_is_brought_whatever_its_words() -> None:
    assert texts(brought("Where were the 45 beans?", "In the garden.", alike=0.45))
    assert not texts(brought("Where were the 45 beans?", "In the garden.", alike=0.35))


def test_a_message_about_itself_brings_the_same_matter_only_and_only_once() -> None:
    said = "Omar planted 45 beans by the fence."
    same, nearer = "Omar planted 45 beans.", "Omar planted 45 beans by a fence."
    for asked in ("Is that many?", "And now?", "What do you make of that?"):
        message = f"{said} {asked}"
        assert texts(brought(message, "Omar planted beans.", "Omar planted 45.", alike=0.9)) == []
        assert texts(brought(message, same)) == [same]
        assert texts(brought(message, same, nearer, same)) == [nearer]
    for message in (said, f"{said} Who helped him?", f"{said} What did I tell you?", "And now?"):
        assert texts(brought(message, "Omar planted beans.", same)) == ["Omar planted beans.", same]


def test_a_question_for_the_past_that_names_nothing_brings_the_nearest_only() -> None:
    pieces = ("Omar planted.", "Omar and beans", "Beans by the fence", "Omar planted beans.", "45")
    said = "Omar planted 45 beans by the fence."
    nearest = texts(brought(f"{said} What did I tell you before that?", *pieces))
    assert nearest == ["Beans by the fence", "Omar planted beans.", "45"]
    assert len(texts(brought(f"{said} What did I tell you of his fence?", *pieces))) == 5


def test_an_answer_that_repeats_a_message_is_not_read_beside_it() -> None:
    said = ("Omar planted 45 beans.", "Omar planted 45 beans. And now?", "Omar planted 45 trees.")
    found = brought("What did Omar plant, 45 beans?", *said, speakers=("user", *2 * ("assistant",)))
    assert texts(found) == [said[0], said[2]]
    assert [one.why for one in found.dropped] == [REPEATED]
    found = brought("What did Omar plant, 45 beans?", *said, speakers=3 * ("assistant",))
    assert texts(found) == list(said), "nobody else says it"


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=40), max_size=4))
def test_nothing_is_lost_between_brought_and_dropped(message: str, pieces: list[str]) -> None:
    found = brought(message, *pieces)
    assert len(found.passages) + len(found.dropped) == len(pieces)
