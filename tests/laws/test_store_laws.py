"""What goes into the store comes out of it, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event as happening

from homesmith.core.checks import Finding, Verdict
from homesmith.core.errors import StoreError
from homesmith.core.runs import (
    KINDS,
    TERMINAL,
    Resumed,
    RunEvent,
    RunStarted,
    event_from_json,
    event_to_json,
)
from homesmith.store.database import Store, open_store
from homesmith.store.schema import metadata

TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(),
    bool: st.booleans(),
    float: st.floats(allow_nan=False),
    type(None): st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Anything a field of this type may hold; an unknown type is an error, so none is forgotten."""
    if hint in BY_TYPE:
        return BY_TYPE[hint]
    if hint in (Verdict, Finding):
        return built(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(TEXT, PLAIN, max_size=4)
    return st.one_of([values(argument) for argument in arguments])


def built(kind: type[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()})


EVENTS = {kind.__name__: built(kind) for kind in KINDS.values()}
STARTED = EVENTS[RunStarted.__name__]
LATER = st.one_of([events for name, events in EVENTS.items() if name != RunStarted.__name__])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("laws") / "store") as opened:
        yield opened


@pytest.mark.parametrize("name", EVENTS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_every_event_survives_its_json(name: str, data: st.DataObject) -> None:
    event = data.draw(EVENTS[name])
    assert event_from_json(event_to_json(event)) == event


@given(started=STARTED, later=st.lists(LATER, max_size=6), after=st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_a_log_holds_what_was_appended_in_order_and_ends_where_it_ended(
    store: Store, started: RunStarted, later: list[RunEvent], after: int
) -> None:
    run = store.runs.create(started)
    log: list[RunEvent] = [started]
    for event in later:
        if isinstance(log[-1], TERMINAL) and not isinstance(event, Resumed):
            with pytest.raises(StoreError):
                store.runs.append(run, event)
        else:
            log.append(event)
            assert store.runs.append(run, event).number == len(log)
    kept = store.runs.entries(run)
    assert [entry.event for entry in kept] == log
    assert [entry.number for entry in kept] == list(range(1, len(log) + 1))
    assert store.runs.entries(run, after=after) == kept[after:]
    summary = store.runs.summary(run)
    assert (summary.root, summary.prompt, summary.entries) == (
        started.root,
        started.prompt,
        len(log),
    )


@given(contents=st.lists(st.binary(max_size=2000), max_size=4))
@settings(max_examples=30, deadline=None)
def test_a_text_comes_back_by_its_hash(store: Store, contents: list[bytes]) -> None:
    hashes = [store.blobs.put(content) for content in contents]
    assert [store.blobs.get(sha256) for sha256 in hashes] == contents
    assert len(set(hashes)) == len(set(contents))


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """All but the tables that SQLite keeps for the index of words; no code names their columns."""
    return not (kind == "table" and (name or "").startswith("chunks_fts"))


def test_the_migrations_lead_to_the_tables_that_the_code_uses(store: Store) -> None:
    with store._database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": ours}
        )
        assert compare_metadata(context, metadata) == []


BY_KIND = "SEARCH memories USING INDEX ix_memories_kind (agent_id=? AND kind=?"
LINE = "SEARCH memories USING INDEX ix_memories_line (agent_id=? AND kind=? AND line=?)"
WAITING = "ix_memories_waiting (agent_id=? AND kind=? AND job_id=?)"
READ: dict[str, tuple[Callable[[Store], object], str]] = {
    "newest": (lambda store: store.memories.newest(1, 9, kind="message"), BY_KIND),
    "facts": (lambda store: store.facts.current(1, 9), BY_KIND),
    "every": (lambda store: store.memories.every(1, 9), BY_KIND),
    "line": (lambda store: store.facts.line(1, 9), LINE),
    "waiting": (lambda store: store.jobs.waiting(1, 9), WAITING),
    "standing": (lambda store: store.jobs.standing(1), WAITING),
    "backlog": (lambda store: store.memories.without_vector(1, "m", 9), "SCAN chunks"),
    "rest": (lambda store: store.memories.without_vector(1, "m", 9, 99), "SEARCH chunks"),
    "unread": (lambda store: store.meanings.unread(1, "m", 9), "SCAN chunks"),
}


@pytest.mark.parametrize("name", READ)
def test_what_every_turn_reads_is_found_in_order(store: Store, name: str) -> None:
    read, way = READ[name]
    plan = plan_of(store, lambda: read(store))
    assert way in plan
    assert "FOR ORDER BY" not in plan, plan
    assert "SCAN memories" not in plan


def plan_of(store: Store, read: Callable[[], object]) -> str:
    """How SQLite goes about all that is read, statement by statement as they reach it."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        asked.append((statement, given))

    engine = store._database._engine
    happening.listen(engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        happening.remove(engine, "before_cursor_execute", note)
    with store._database.reading() as connection:
        steps = [
            step.detail
            for statement, given in asked
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]
    return "\n".join(steps)
