from pathlib import Path

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

from database import row, rows, run, setup

HERE = Path(__file__).parent
app = FastAPI(title="{{title}}")
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
templates = Jinja2Templates(directory=HERE / "templates")
setup("""
CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
""")


class ItemIn(BaseModel):
    name: str = Field(min_length=1)


@app.get("/", response_class=HTMLResponse)
def index(request: Request):
    items = rows("SELECT * FROM items ORDER BY id")
    return templates.TemplateResponse(request, "index.html", {"items": items})


@app.post("/items")
def add_item_form(name: str = Form(min_length=1)):
    run("INSERT INTO items (name) VALUES (?)", name)
    return RedirectResponse("/", status_code=303)


@app.get("/api/items")
def list_items():
    return rows("SELECT * FROM items ORDER BY id")


@app.post("/api/items", status_code=201)
def create_item(item: ItemIn):
    number = run("INSERT INTO items (name) VALUES (?)", item.name)
    return row("SELECT * FROM items WHERE id = ?", number)


@app.get("/api/items/{item_id}")
def get_item(item_id: int):
    found = row("SELECT * FROM items WHERE id = ?", item_id)
    if found is None:
        raise HTTPException(404, "Item not found")
    return found


@app.delete("/api/items/{item_id}", status_code=204)
def delete_item(item_id: int):
    get_item(item_id)
    run("DELETE FROM items WHERE id = ?", item_id)
