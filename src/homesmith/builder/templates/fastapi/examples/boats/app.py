import json
from pathlib import Path

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

from database import row, rows, run, setup

HERE = Path(__file__).parent
app = FastAPI(title="Boat hire")
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
templates = Jinja2Templates(directory=HERE / "templates")
setup("""
CREATE TABLE IF NOT EXISTS boats (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    seats INTEGER NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    rented INTEGER NOT NULL DEFAULT 0
);
""")


class BoatIn(BaseModel):
    name: str = Field(min_length=1, max_length=60)
    seats: int = Field(ge=1)
    tags: list[str] = []


def shown(boat: dict) -> dict:
    return {**boat, "tags": json.loads(boat["tags"]), "rented": bool(boat["rented"])}


def find_boat(boat_id: int) -> dict:
    boat = row("SELECT * FROM boats WHERE id = ?", boat_id)
    if boat is None:
        raise HTTPException(404, "Boat not found")
    return shown(boat)


def all_boats() -> list[dict]:
    return [shown(boat) for boat in rows("SELECT * FROM boats ORDER BY name")]


@app.post("/api/boats", status_code=201)
def create_boat(boat: BoatIn):
    number = run("INSERT INTO boats (name, seats, tags) VALUES (?, ?, ?)", boat.name, boat.seats, json.dumps(boat.tags))
    return find_boat(number)


@app.get("/api/boats")
def list_boats(search: str = ""):
    word = search.lower()
    return [boat for boat in all_boats() if word in boat["name"].lower() or any(word in tag.lower() for tag in boat["tags"])]


@app.get("/api/summary")
def summary():
    boats = all_boats()
    return {"total": len(boats), "rented": sum(1 for boat in boats if boat["rented"])}


@app.get("/api/boats/{boat_id}")
def get_boat(boat_id: int):
    return find_boat(boat_id)


@app.put("/api/boats/{boat_id}")
def replace_boat(boat_id: int, boat: BoatIn):
    find_boat(boat_id)
    run("UPDATE boats SET name = ?, seats = ?, tags = ? WHERE id = ?", boat.name, boat.seats, json.dumps(boat.tags), boat_id)
    return find_boat(boat_id)


@app.delete("/api/boats/{boat_id}", status_code=204)
def delete_boat(boat_id: int):
    find_boat(boat_id)
    run("DELETE FROM boats WHERE id = ?", boat_id)


@app.post("/api/boats/{boat_id}/rent")
def rent_boat(boat_id: int):
    if find_boat(boat_id)["rented"]:
        raise HTTPException(409, "Already rented")
    run("UPDATE boats SET rented = 1 WHERE id = ?", boat_id)
    return find_boat(boat_id)


def page(request: Request, error: str = "", status_code: int = 200):
    return templates.TemplateResponse(request, "index.html", {"boats": all_boats(), "error": error}, status_code=status_code)


@app.get("/", response_class=HTMLResponse)
def index(request: Request):
    return page(request)


@app.post("/boats", response_class=HTMLResponse)
def add_boat(request: Request, name: str = Form(""), seats: int = Form(1)):
    if name.strip() == "":
        return page(request, "Name is required", 400)
    run("INSERT INTO boats (name, seats) VALUES (?, ?)", name.strip(), seats)
    return RedirectResponse("/", status_code=303)
