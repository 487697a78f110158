import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field, StringConstraints

from database import row, rows, run, setup

HERE = Path(__file__).parent
app = FastAPI(title="Boat hire")
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
templates = Jinja2Templates(directory=HERE / "templates")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def now() -> str:
    return datetime.now(UTC).isoformat()


# A boat hire with a JSON API and one page. A boat has `id`, `name`, `seats`, `tags` (a list of
# texts), `rented` (false at first) and `created_at`. A boat that does not exist is answered with
# 404 and `{"detail": "Boat not found"}`.
setup("""
CREATE TABLE IF NOT EXISTS boats (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seats INTEGER NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    rented INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
""")


# A boat has `id`, `name`, `seats`, `tags` (a list of texts), `rented` (false at first) and
# `created_at`. A boat that does not exist is answered with 404 and `{"detail": "Boat not found"}`.
# - `POST /api/boats` with `{"name": "Sea Star", "seats": 4, "tags": ["wood"]}` answers 201 with
# the boat.
# The tags may be left out. Answer 422 if the name is missing or blank, or if there are fewer than
# 1 seats. If the name exists already: 409 with `{"detail": "Name is taken"}`.
class BoatIn(BaseModel):
    name: Text
    seats: int = Field(ge=1)
    tags: list[str] = []


# A boat has `id`, `name`, `seats`, `tags` (a list of texts), `rented` (false at first) and
# `created_at`. A boat that does not exist is answered with 404 and `{"detail": "Boat not found"}`.
# - `POST /api/boats` with `{"name": "Sea Star", "seats": 4, "tags": ["wood"]}` answers 201 with
# the boat.
# The tags may be left out. Answer 422 if the name is missing or blank, or if there are fewer than
# 1 seats. If the name exists already: 409 with `{"detail": "Name is taken"}`.
class BoatChange(BaseModel):
    name: Text = ""
    seats: int = Field(default=1, ge=1)


# - `POST /api/boats/{id}/rent` with `{"hours": 3}` rents a boat and answers with it; below 1 hour
# is 422.
# If it is rented already, 409 with `{"detail": "Already rented"}`.
class HoursIn(BaseModel):
    hours: int = Field(ge=1)


def shown(boat: dict) -> dict:
    return {**boat, "tags": json.loads(boat["tags"]), "rented": bool(boat["rented"])}


def find_boat(boat_id: int) -> dict:
    boat = row("SELECT * FROM boats WHERE id = ?", boat_id)
    if boat is None:
        raise HTTPException(404, "Boat not found")
    return shown(boat)


# - `GET /api/boats` lists all, newest first.
def all_boats() -> list[dict]:
    found = rows("SELECT * FROM boats ORDER BY id DESC")
    return [shown(boat) for boat in found]


# - `POST /api/boats` with `{"name": "Sea Star", "seats": 4, "tags": ["wood"]}` answers 201 with
# the boat.
# The tags may be left out. Answer 422 if the name is missing or blank, or if there are fewer than
# 1 seats. If the name exists already: 409 with `{"detail": "Name is taken"}`.
@app.post("/api/boats", status_code=201)
def create_boat(boat: BoatIn):
    if row("SELECT id FROM boats WHERE name = ?", boat.name):
        raise HTTPException(409, "Name is taken")
    number = run("INSERT INTO boats (name, seats, tags, created_at) VALUES (?, ?, ?, ?)", boat.name, boat.seats, json.dumps(boat.tags), now())
    return find_boat(number)


# - `GET /api/boats` lists all, newest first.
# `?search=word` gives only those with the word in name or tags, in any case, and `?limit=5` at
# most that many.
@app.get("/api/boats")
def list_boats(search: str = "", limit: int | None = None):
    word = search.strip().lower()
    boats = [boat for boat in all_boats() if word in boat["name"].lower() or any(word in tag.lower() for tag in boat["tags"])]
    return boats if limit is None else boats[:limit]


# - `GET /api/summary` gives `{"total": 3, "rented": 1}`.
@app.get("/api/summary")
def get_summary():
    boats = all_boats()
    return {"total": len(boats), "rented": sum(1 for boat in boats if boat["rented"])}


# - `GET /api/boats/{id}` gives one, `DELETE /api/boats/{id}` answers 204.
@app.get("/api/boats/{boat_id}")
def get_boat(boat_id: int):
    return find_boat(boat_id)


# - `GET /api/boats/{id}` gives one, `DELETE /api/boats/{id}` answers 204.
@app.delete("/api/boats/{boat_id}", status_code=204)
def delete_boat(boat_id: int):
    find_boat(boat_id)
    run("DELETE FROM boats WHERE id = ?", boat_id)


# - `PATCH /api/boats/{id}` with any of `name` and `seats` changes only what is given; the same
# rules hold.
@app.patch("/api/boats/{boat_id}")
def change_boat(boat_id: int, change: BoatChange):
    given = change.model_dump(exclude_unset=True)
    boat = find_boat(boat_id)
    boat = {**boat, **given}
    run("UPDATE boats SET name = ?, seats = ? WHERE id = ?", boat["name"], boat["seats"], boat_id)
    return find_boat(boat_id)


# - `POST /api/boats/{id}/rent` with `{"hours": 3}` rents a boat and answers with it; below 1 hour
# is 422.
# If it is rented already, 409 with `{"detail": "Already rented"}`.
@app.post("/api/boats/{boat_id}/rent")
def rent_boat(boat_id: int, body: HoursIn):
    boat = find_boat(boat_id)
    if boat["rented"]:
        raise HTTPException(409, "Already rented")
    run("UPDATE boats SET rented = 1 WHERE id = ?", boat_id)
    return find_boat(boat_id)


def page(request: Request, error: str = "", status_code: int = 200, **values):
    values = {"boats": all_boats(), "error": error, **values}
    return templates.TemplateResponse(request, "index.html", values, status_code=status_code)


@app.get("/", response_class=HTMLResponse)
def index(request: Request):
    return page(request)


# The page `/` has a form with the fields `name` and `seats` (data-testids and field names are the
# same) and a button `add`, which sends POST to `/`. Every boat is an element with data-testid
# `boat`; `empty` says `No boats yet` when there are none. Without a name nothing is saved, the
# page comes back with status 400, and `error` says `Name is required`. A boat hire with a JSON API
# and one page. A boat has `id`, `name`, `seats`, `tags` (a list of texts), `rented` (false at
# first) and `created_at`. A boat that does not exist is answered with 404 and `{"detail": "Boat
# not found"}`.
@app.post("/", response_class=HTMLResponse)
def add_boat(request: Request, name: str = Form(""), seats: str = Form("")):
    name, seats = name.strip(), seats.strip()
    if not name:
        return page(request, "Name is required", 400, name=name, seats=seats)
    run("INSERT INTO boats (name, seats, created_at) VALUES (?, ?, ?)", name, int(seats or 1), now())
    return RedirectResponse("/", status_code=303)
