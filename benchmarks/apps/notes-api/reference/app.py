"""Notes in SQLite behind a small JSON API."""

import sqlite3
from datetime import UTC, datetime

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, field_validator

app = FastAPI(title="Notes")


def database() -> sqlite3.Connection:
    connection = sqlite3.connect("notes.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute(
        "create table if not exists notes (id integer primary key autoincrement, title text,"
        " body text, created_at text, updated_at text)"
    )
    return connection


class NoteIn(BaseModel):
    title: str
    body: str = ""

    @field_validator("title")
    @classmethod
    def title_is_needed(cls, title: str) -> str:
        if not title.strip():
            raise ValueError("a title is needed")
        return title


def now() -> str:
    return datetime.now(UTC).isoformat()


def find(number: int) -> dict:
    row = database().execute("select * from notes where id = ?", (number,)).fetchone()
    if row is None:
        raise HTTPException(404, "Note not found")
    return dict(row)


@app.post("/notes", status_code=201)
def create(note: NoteIn) -> dict:
    cursor = database().execute(
        "insert into notes (title, body, created_at, updated_at) values (?, ?, ?, ?)",
        (note.title, note.body, now(), now()),
    )
    return find(cursor.lastrowid)


@app.get("/notes")
def search(q: str = "", limit: int = -1) -> list[dict]:
    rows = database().execute(
        "select * from notes where instr(lower(title || char(10) || body), lower(?)) > 0"
        " order by id desc limit ?",
        (q, limit),
    )
    return [dict(row) for row in rows]


@app.get("/notes/{number}")
def read(number: int) -> dict:
    return find(number)


@app.put("/notes/{number}")
def update(number: int, note: NoteIn) -> dict:
    find(number)
    database().execute(
        "update notes set title = ?, body = ?, updated_at = ? where id = ?",
        (note.title, note.body, now(), number),
    )
    return find(number)


@app.delete("/notes/{number}", status_code=204)
def delete(number: int) -> None:
    find(number)
    database().execute("delete from notes where id = ?", (number,))
