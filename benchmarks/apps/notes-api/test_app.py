"""Notes API: what the prompt promises, nothing more."""


def make(api, title, body="text"):
    answer = api.post("/notes", json={"title": title, "body": body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_create(api, word):
    note = make(api, word, "Some text")
    assert isinstance(note["id"], int)
    assert (note["title"], note["body"]) == (word, "Some text")
    assert note["created_at"]
    assert note["updated_at"]
    assert api.get(f"/notes/{note['id']}").json() == note


def test_body_is_optional(api, word):
    answer = api.post("/notes", json={"title": word})
    assert answer.status_code == 201
    assert answer.json()["body"] == ""


def test_title_is_needed(api):
    for wrong in ({}, {"title": ""}, {"title": "   "}, {"body": "only a body"}):
        assert api.post("/notes", json=wrong).status_code == 422, wrong


def test_list_newest_first(api, word):
    ids = [make(api, f"{word} {number}")["id"] for number in range(3)]
    listed = [note["id"] for note in api.get("/notes").json() if note["id"] in ids]
    assert listed == ids[::-1]


def test_search_in_title_and_body(api, word):
    first = make(api, f"About {word}")["id"]
    second = make(api, "Other", f"it says {word.upper()} here")["id"]
    make(api, "Unrelated")
    found = api.get("/notes", params={"q": word}).json()
    assert [note["id"] for note in found] == [second, first]
    assert api.get("/notes", params={"q": word + "zzz"}).json() == []


def test_limit(api, word):
    ids = [make(api, f"{word} {number}")["id"] for number in range(3)]
    assert [note["id"] for note in api.get("/notes", params={"limit": 2}).json()] == ids[:0:-1]


def test_update(api, word):
    note = make(api, word)
    answer = api.put(f"/notes/{note['id']}", json={"title": word + "!", "body": "new"})
    assert answer.status_code == 200
    assert (answer.json()["title"], answer.json()["body"]) == (word + "!", "new")
    again = api.get(f"/notes/{note['id']}").json()
    assert (again["title"], again["created_at"]) == (word + "!", note["created_at"])
    assert api.put(f"/notes/{note['id']}", json={"title": " ", "body": ""}).status_code == 422


def test_delete(api, word):
    note = make(api, word)
    assert api.delete(f"/notes/{note['id']}").status_code == 204
    assert api.get(f"/notes/{note['id']}").status_code == 404
    assert all(other["id"] != note["id"] for other in api.get("/notes").json())


def test_unknown_id(api):
    for answer in (
        api.get("/notes/999999"),
        api.put("/notes/999999", json={"title": "a", "body": "b"}),
        api.delete("/notes/999999"),
    ):
        assert answer.status_code == 404
        assert answer.json() == {"detail": "Note not found"}
