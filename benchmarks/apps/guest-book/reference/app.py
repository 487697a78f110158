"""A guest book: one page, one form, and a small JSON API."""

import html
import sqlite3
from datetime import UTC, datetime
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

app = FastAPI(title="Guest book")
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Guest book</title>
<h1>Guest book</h1>
<p role="alert" data-testid="error">{error}</p>
<form method="post" action="/">
<p><label>Name <input name="name" data-testid="name" value="{name}"></label></p>
<p><label>Message <textarea name="message" data-testid="message">{message}</textarea></label></p>
<button data-testid="sign">Sign</button></form>
<p data-testid="count">{count}</p>{entries}</html>"""
ENTRY = """<article data-testid="entry"><h2 data-testid="entry-name">{name}</h2>
<p data-testid="entry-message">{message}</p></article>"""


def database() -> sqlite3.Connection:
    connection = sqlite3.connect("guests.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute(
        "create table if not exists entries (id integer primary key autoincrement, name text,"
        " message text, created_at text)"
    )
    return connection


@app.get("/api/entries")
def entries() -> list[dict]:
    return [dict(row) for row in database().execute("select * from entries order by id desc")]


@app.delete("/api/entries/{number}", status_code=204)
def delete(number: int) -> None:
    if database().execute("delete from entries where id = ?", (number,)).rowcount == 0:
        raise HTTPException(404, "Entry not found")


def counted(number: int) -> str:
    if number == 0:
        return "No entries yet"
    return "1 entry" if number == 1 else f"{number} entries"


def page(error: str = "", name: str = "", message: str = "", status: int = 200) -> HTMLResponse:
    rows = entries()
    shown = [
        ENTRY.format(name=html.escape(row["name"]), message=html.escape(row["message"]))
        for row in rows
    ]
    text = PAGE.format(
        error=error,
        name=html.escape(name),
        message=html.escape(message),
        count=counted(len(rows)),
        entries="".join(shown),
    )
    return HTMLResponse(text, status_code=status)


@app.get("/")
def home() -> HTMLResponse:
    return page()


@app.post("/")
def sign(name: Annotated[str, Form()] = "", message: Annotated[str, Form()] = "") -> Response:
    name, message = name.strip(), message.strip()
    error = ""
    if not name:
        error = "Please enter your name."
    elif not message:
        error = "Please enter a message."
    elif len(message) > 300:
        error = "Please keep it under 300 characters."
    if error:
        return page(error, name, message, status=400)
    database().execute(
        "insert into entries (name, message, created_at) values (?, ?, ?)",
        (name, message, datetime.now(UTC).isoformat()),
    )
    return RedirectResponse("/", status_code=303)
