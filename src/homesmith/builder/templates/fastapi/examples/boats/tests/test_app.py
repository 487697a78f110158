import pytest
from fastapi.testclient import TestClient

from app import app


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE", str(tmp_path / "test.db"))
    return TestClient(app)


def test_create_and_get(client):
    answer = client.post("/api/boats", json={"name": "Sea Star", "seats": 4})
    assert answer.status_code == 201
    assert client.get(f"/api/boats/{answer.json()['id']}").json()["name"] == "Sea Star"


def test_wrong_data_is_refused(client):
    assert client.post("/api/boats", json={"name": "", "seats": 4}).status_code == 422


def test_search(client):
    client.post("/api/boats", json={"name": "Sea Star", "seats": 4})
    client.post("/api/boats", json={"name": "River Queen", "seats": 2})
    assert [boat["name"] for boat in client.get("/api/boats?search=sea").json()] == ["Sea Star"]


def test_missing_boat(client):
    answer = client.get("/api/boats/99")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "Boat not found"


def test_page(client):
    client.post("/boats", data={"name": "Sea Star", "seats": 4})
    assert "Sea Star" in client.get("/").text
