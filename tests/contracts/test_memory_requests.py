"""What memory says has been asked of an app."""

from __future__ import annotations

from pathlib import Path

import pytest

from homesmith.core.runs import Accepted, Finished, RunEvent, RunFailed, RunKind, RunStarted
from homesmith.memory.requests import HEADING, recall, render
from homesmith.store.database import Store, open_store


def letters(text: str) -> int:
    return len(text)


def asked(store: Store, prompt: str, kind: RunKind, *events: RunEvent, root: str = "/app") -> None:
    run = store.runs.create(RunStarted(kind=kind, prompt=prompt, root=root, model="m"))
    for event in events:
        store.runs.append(run, event)


def test_requests_come_with_what_came_of_them(tmp_path: Path) -> None:
    stands = Accepted(step=1, snapshot="s", summary="")
    with open_store(tmp_path / "store") as store:
        asked(store, "a todo list", "build", stands, Finished(passed=True, root="/app"))
        asked(store, "what is this?", "ask", Finished(passed=True, root="/app"))
        asked(store, "dark mode", "change", stands, Finished(passed=False, root="/app"))
        asked(store, "another app", "build", Finished(passed=True, root="/b"), root="/b")
        asked(store, "search", "change", RunFailed(code="engine_crashed", message=""))
        asked(store, "labels", "change", stands)
        past = recall(store.runs, "/app")
    assert [(request.prompt, request.outcome) for request in past] == [
        ("a todo list", "works"),
        ("dark mode", "works in part"),
        ("search", "failed, nothing changed"),
        ("labels", "interrupted, begun"),
    ]
    text = render(past, 10_000, letters)
    assert text.splitlines()[0] == HEADING
    assert [text.index(request.prompt) for request in past] == sorted(
        text.index(request.prompt) for request in past
    )


@pytest.mark.parametrize("limit", [0, 60, 100, 140, 200, 1_000])
def test_the_text_fits_and_keeps_newest_and_first(tmp_path: Path, limit: int) -> None:
    with open_store(tmp_path / "store") as store:
        for number in range(6):
            asked(store, f"wish {number}\nmore", "change", Finished(passed=True, root="/app"))
        past = recall(store.runs, "/app")
    text = render(past, limit, letters)
    assert len(text) <= limit
    shown = [number for number in range(6) if f"wish {number} more" in text]
    order = [5, 0, 4, 3, 2, 1]
    assert shown == sorted(order[: len(shown)])
    if limit == 1_000:
        assert len(shown) == 6
    if len(shown) == 3:
        assert "(3 left out)" in text


def test_a_very_long_request_shows_both_its_ends(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        asked(store, "first " + "x" * 5_000 + " last", "build")
        text = render(recall(store.runs, "/app"), 1_000, letters)
    assert "first" in text
    assert "last [" in text


def test_nothing_asked_is_no_text() -> None:
    assert render((), 100, letters) == ""
