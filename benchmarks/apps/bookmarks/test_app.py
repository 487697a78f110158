"""Bookmarks: what the prompt promises, nothing more."""

from playwright.sync_api import expect


def make(api, word, title="A page", tags=(), path=""):
    url = f"https://{word}.example/{path}"
    answer = api.post("/api/bookmarks", json={"url": url, "title": title, "tags": list(tags)})
    assert answer.status_code == 201, answer.text
    return answer.json()


def save(screen, url, title, tags=""):
    screen.fill("url", url)
    screen.fill("title", title)
    screen.fill("tags", tags)
    screen.click("save")


def found(api, **query):
    answer = api.get("/api/bookmarks", params=query)
    assert answer.status_code == 200
    return [bookmark["id"] for bookmark in answer.json()]


def test_create(api, word):
    made = make(api, word, "Docs", ["Web", "python", "web"])
    assert made["url"] == f"https://{word}.example/"
    assert made["title"] == "Docs"
    assert made["tags"] == ["python", "web"]
    bare = api.post("/api/bookmarks", json={"url": f"http://{word}.test", "title": "No tags"})
    assert bare.status_code == 201
    assert bare.json()["tags"] == []


def test_validation_and_double(api, word):
    for url, title in ((f"ftp://{word}", "A"), (word, "A"), (f"https://{word}.example", " ")):
        answer = api.post("/api/bookmarks", json={"url": url, "title": title})
        assert answer.status_code == 422, (url, title)
    make(api, word)
    again = api.post(
        "/api/bookmarks", json={"url": f"https://{word}.example/", "title": "Other", "tags": []}
    )
    assert again.status_code == 409
    assert again.json() == {"detail": "Already saved"}


def test_list_by_tag_and_word(api, word):
    first = make(api, word, "Alpha guide", [word, "misc"], "one")["id"]
    second = make(api, word, "Beta guide", [word], "two")["id"]
    third = make(api, word, "Gamma", [word + "x"], "alpha")["id"]
    everything = found(api)
    assert [number for number in everything if number in (first, second, third)] == [
        third,
        second,
        first,
    ]
    assert found(api, tag=word) == [second, first]
    assert found(api, tag=word.upper()) == [second, first]
    assert found(api, q=f"{word}.EXAMPLE/alpha") == [third]
    assert found(api, tag=word, q="ALPHA") == [first]


def test_delete(api, word):
    made = make(api, word)
    assert api.delete(f"/api/bookmarks/{made['id']}").status_code == 204
    again = api.delete(f"/api/bookmarks/{made['id']}")
    assert again.status_code == 404
    assert again.json() == {"detail": "Not found"}
    assert made["id"] not in found(api)


def test_tags_are_counted(api, word):
    make(api, word, tags=[f"{word}b", f"{word}c"], path="one")
    last = make(api, word, tags=[f"{word}c", f"{word}a"], path="two")

    def tags():
        return [(row["tag"], row["count"]) for row in api.get("/api/tags").json()]

    own = [row for row in tags() if row[0].startswith(word)]
    assert own == [(f"{word}c", 2), (f"{word}a", 1), (f"{word}b", 1)]
    api.delete(f"/api/bookmarks/{last['id']}")
    own = [row for row in tags() if row[0].startswith(word)]
    assert own == [(f"{word}b", 1), (f"{word}c", 1)]


def test_page_lists_bookmarks(screen, api, word):
    make(api, word, f"Title {word}", ["news"])
    screen.open()
    row = screen.row("bookmark", word)
    expect(row).to_have_count(1)
    expect(screen.at("link", row)).to_have_text(f"Title {word}")
    expect(screen.at("link", row)).to_have_attribute("href", f"https://{word}.example/")
    expect(screen.at("tag", row)).to_have_text("news")


def test_page_filters_by_tag(screen, api, word):
    make(api, word, f"Alpha {word}", [word], "one")
    make(api, word, f"Beta {word}", ["other"], "two")
    screen.open()
    expect(screen.row("bookmark", word)).to_have_count(2)
    screen.at("tag", screen.row("bookmark", f"Alpha {word}")).click()
    expect(screen.at("bookmark")).to_have_count(1)
    expect(screen.at("bookmark")).to_contain_text(f"Alpha {word}")


def test_page_form_saves(screen, api, word):
    save(screen, f"https://{word}.example", f"Form {word}", "Web , python,web")
    row = screen.row("bookmark", f"Form {word}")
    expect(row).to_have_count(1)
    expect(screen.at("tag", row)).to_have_text(["python", "web"])
    made = api.get("/api/bookmarks", params={"q": word}).json()
    assert [bookmark["tags"] for bookmark in made] == [["python", "web"]]


def test_page_form_errors(screen, api, word):
    save(screen, f"{word}.example", f"Form {word}")
    screen.says("error", "The address must start with http:// or https://")
    save(screen, f"https://{word}.example", "  ")
    screen.says("error", "Please enter a title.")
    assert found(api, q=word) == []
    make(api, word)
    save(screen, f"https://{word}.example/", f"Form {word}")
    screen.says("error", "Already saved")
    assert len(found(api, q=word)) == 1
