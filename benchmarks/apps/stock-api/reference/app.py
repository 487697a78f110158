"""The stock of a bicycle shop in SQLite behind a JSON API."""

import sqlite3
from typing import Annotated

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field, StringConstraints

app = FastAPI(title="Stock")
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class NewItem(BaseModel):
    sku: Name
    name: Name
    quantity: int = Field(default=0, ge=0)
    price: float = Field(ge=0)


class Change(BaseModel):
    name: Name | None = None
    price: float | None = Field(default=None, ge=0)


class Movement(BaseModel):
    amount: int = Field(ge=1)


def database() -> sqlite3.Connection:
    connection = sqlite3.connect("stock.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute(
        "create table if not exists items (sku text primary key, name text not null,"
        " quantity integer not null, price real not null)"
    )
    return connection


def find(sku: str) -> dict:
    row = database().execute("select * from items where sku = ?", (sku,)).fetchone()
    if row is None:
        raise HTTPException(404, "Item not found")
    return dict(row)


@app.post("/items", status_code=201)
def create(item: NewItem) -> dict:
    try:
        database().execute("insert into items values (:sku, :name, :quantity, :price)", dict(item))
    except sqlite3.IntegrityError:
        raise HTTPException(409, "SKU already exists") from None
    return find(item.sku)


@app.get("/items")
def items(below: int | None = None) -> list[dict]:
    rows = database().execute(
        "select * from items where ? is null or quantity < ? order by sku", (below, below)
    )
    return [dict(row) for row in rows]


@app.get("/items/{sku}")
def read(sku: str) -> dict:
    return find(sku)


@app.patch("/items/{sku}")
def change(sku: str, given: Change) -> dict:
    item = find(sku) | given.model_dump(exclude_none=True)
    database().execute("update items set name = :name, price = :price where sku = :sku", item)
    return find(sku)


@app.post("/items/{sku}/receive")
def receive(sku: str, movement: Movement) -> dict:
    find(sku)
    database().execute(
        "update items set quantity = quantity + ? where sku = ?", (movement.amount, sku)
    )
    return find(sku)


@app.post("/items/{sku}/ship")
def ship(sku: str, movement: Movement) -> dict:
    find(sku)
    changed = database().execute(
        "update items set quantity = quantity - ? where sku = ? and quantity >= ?",
        (movement.amount, sku, movement.amount),
    )
    if changed.rowcount == 0:
        raise HTTPException(409, "Not enough stock")
    return find(sku)


@app.delete("/items/{sku}", status_code=204)
def delete(sku: str) -> None:
    find(sku)
    database().execute("delete from items where sku = ?", (sku,))


@app.get("/report")
def report() -> dict:
    row = (
        database()
        .execute(
            "select count(*), coalesce(sum(quantity), 0), coalesce(sum(quantity * price), 0)"
            " from items"
        )
        .fetchone()
    )
    return {"items": row[0], "units": row[1], "value": round(row[2], 2)}
