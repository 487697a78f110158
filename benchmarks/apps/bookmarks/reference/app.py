"""Bookmarks with tags: a JSON API and a page rendered on the server."""

import json
import sqlite3
from collections import Counter
from html import escape
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

app = FastAPI(title="Bookmarks")
Field = Annotated[str, Form()]
BAD_ADDRESS = "The address must start with http:// or https://"
BAD_TITLE = "Please enter a title."
DOUBLE = "Already saved"
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Bookmarks</title>
<h1>Bookmarks</h1>
<p role="alert" data-testid="error">{error}</p>
<form method="post" action="/">
<label>Address <input name="url" data-testid="url" value="{url}"></label>
<label>Title <input name="title" data-testid="title" value="{title}"></label>
<label>Tags <input name="tags" data-testid="tags" value="{tags}"></label>
<button data-testid="save">Save</button></form><ul>{rows}</ul></html>"""


class NewBookmark(BaseModel):
    url: str
    title: str
    tags: list[str] = []


def database() -> sqlite3.Connection:
    connection = sqlite3.connect("bookmarks.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute(
        "create table if not exists bookmarks (id integer primary key autoincrement,"
        " url text unique, title text, tags text)"
    )
    return connection


def value(row: sqlite3.Row) -> dict:
    return dict(row) | {"tags": json.loads(row["tags"])}


def save(new: NewBookmark) -> tuple[str, dict]:
    """The problem, or an empty string and the bookmark."""
    if not new.url.startswith(("http://", "https://")):
        return BAD_ADDRESS, {}
    if not new.title.strip():
        return BAD_TITLE, {}
    tags = sorted({tag.strip().lower() for tag in new.tags if tag.strip()})
    connection = database()
    try:
        cursor = connection.execute(
            "insert into bookmarks (url, title, tags) values (?, ?, ?)",
            (new.url, new.title.strip(), json.dumps(tags)),
        )
    except sqlite3.IntegrityError:
        return DOUBLE, {}
    where = "select * from bookmarks where id = ?"
    return "", value(connection.execute(where, (cursor.lastrowid,)).fetchone())


@app.post("/api/bookmarks", status_code=201)
def create(new: NewBookmark) -> dict:
    problem, made = save(new)
    if problem:
        raise HTTPException(409 if problem == DOUBLE else 422, problem)
    return made


@app.get("/api/bookmarks")
def bookmarks(tag: str = "", q: str = "") -> list[dict]:
    rows = [value(row) for row in database().execute("select * from bookmarks order by id desc")]
    return [
        row
        for row in rows
        if (not tag or tag.lower() in row["tags"])
        and q.lower() in f"{row['title']}\n{row['url']}".lower()
    ]


@app.delete("/api/bookmarks/{number}", status_code=204)
def delete(number: int) -> None:
    if database().execute("delete from bookmarks where id = ?", (number,)).rowcount == 0:
        raise HTTPException(404, "Not found")


@app.get("/api/tags")
def tags() -> list[dict]:
    counts = Counter(tag for row in bookmarks() for tag in row["tags"])
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"tag": tag, "count": count} for tag, count in ordered]


def row_html(row: dict) -> str:
    links = [
        f'<a data-testid="tag" href="/?tag={quote(tag)}">{escape(tag)}</a>' for tag in row["tags"]
    ]
    link = f'<a data-testid="link" href="{escape(row["url"])}">{escape(row["title"])}</a>'
    return f'<li data-testid="bookmark">{link} {" ".join(links)}</li>'


@app.get("/")
def home(tag: str = "") -> HTMLResponse:
    return page(tag=tag)


def page(
    tag: str = "", error: str = "", typed: tuple[str, str, str] = ("", "", "")
) -> HTMLResponse:
    url, title, words = (escape(text) for text in typed)
    rows = "".join(row_html(row) for row in bookmarks(tag))
    text = PAGE.format(error=escape(error), url=url, title=title, tags=words, rows=rows)
    return HTMLResponse(text, status_code=400 if error else 200)


@app.post("/")
def submit(url: Field = "", title: Field = "", tags: Field = "") -> Response:
    problem, _ = save(NewBookmark(url=url, title=title, tags=tags.split(",")))
    if problem:
        return page(error=problem, typed=(url, title, tags))
    return RedirectResponse("/", status_code=303)
