"""Tests of the app; each starts with an empty database."""

import pytest
from fastapi.testclient import TestClient

from app import app


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE", str(tmp_path / "test.db"))
    return TestClient(app)


def test_page_shows_items(client):
    client.post("/items", data={"name": "Bread"})
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Bread" in answer.text


def test_create_and_list(client):
    answer = client.post("/api/items", json={"name": "Milk"})
    assert answer.status_code == 201
    assert answer.json()["name"] == "Milk"
    assert [item["name"] for item in client.get("/api/items").json()] == ["Milk"]


def test_empty_name_is_refused(client):
    assert client.post("/api/items", json={"name": ""}).status_code == 422


def test_delete(client):
    item = client.post("/api/items", json={"name": "Milk"}).json()
    assert client.delete(f"/api/items/{item['id']}").status_code == 204
    assert client.get(f"/api/items/{item['id']}").status_code == 404


def test_unknown_item(client):
    assert client.get("/api/items/999").status_code == 404
