"""{{title}}: a small web app with a SQLite database."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

HERE = Path(__file__).parent
SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
"""


@contextmanager
def db() -> Iterator[sqlite3.Connection]:
    """An open database; what was changed is kept unless there is an error."""
    path = Path(os.environ.get("DATABASE", HERE / "data" / "app.db"))
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(SCHEMA)
        with connection:
            yield connection
    finally:
        connection.close()


app = FastAPI(title="{{title}}")
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
templates = Jinja2Templates(directory=HERE / "templates")


class ItemIn(BaseModel):
    name: str = Field(min_length=1)


def all_items() -> list[dict]:
    with db() as connection:
        rows = connection.execute("SELECT * FROM items ORDER BY id").fetchall()
    return [dict(row) for row in rows]


def find_item(item_id: int) -> dict:
    with db() as connection:
        row = connection.execute("SELECT * FROM items WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        raise HTTPException(404, "item not found")
    return dict(row)


def add_item(name: str) -> dict:
    with db() as connection:
        cursor = connection.execute("INSERT INTO items (name) VALUES (?)", (name,))
    return find_item(cursor.lastrowid)


def remove_item(item_id: int) -> None:
    find_item(item_id)
    with db() as connection:
        connection.execute("DELETE FROM items WHERE id = ?", (item_id,))


@app.get("/", response_class=HTMLResponse)
def index(request: Request):
    return templates.TemplateResponse(request, "index.html", {"items": all_items()})


@app.post("/items")
def add_item_form(name: Annotated[str, Form(min_length=1)]):
    add_item(name)
    return RedirectResponse("/", status_code=303)


@app.post("/items/{item_id}/delete")
def delete_item_form(item_id: int):
    remove_item(item_id)
    return RedirectResponse("/", status_code=303)


@app.get("/api/items")
def list_items():
    return all_items()


@app.post("/api/items", status_code=201)
def create_item(item: ItemIn):
    return add_item(item.name)


@app.get("/api/items/{item_id}")
def get_item(item_id: int):
    return find_item(item_id)


@app.delete("/api/items/{item_id}", status_code=204)
def delete_item(item_id: int):
    remove_item(item_id)
