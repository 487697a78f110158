"""Guest book: what the prompt promises, nothing more."""

from playwright.sync_api import expect


def sign(screen, name, message):
    screen.fill("name", name)
    screen.fill("message", message)
    screen.click("sign")


def entries(api, word):
    answer = api.get("/api/entries")
    assert answer.status_code == 200
    return [entry for entry in answer.json() if word in entry["name"] + entry["message"]]


def test_sign_shows_the_entry(screen, word):
    sign(screen, f"Ann {word}", f"Lovely stay {word}")
    entry = screen.row("entry", f"Ann {word}")
    expect(entry).to_have_count(1)
    expect(screen.at("entry-name", entry)).to_have_text(f"Ann {word}")
    expect(screen.at("entry-message", entry)).to_have_text(f"Lovely stay {word}")
    screen.silent("error")
    screen.holds("name", "")


def test_newest_first(screen, word):
    sign(screen, f"Ann {word}", "First")
    expect(screen.row("entry", word)).to_have_count(1)
    sign(screen, f"Bob {word}", "Second")
    expect(screen.row("entry", word)).to_contain_text([f"Bob {word}", f"Ann {word}"])
    expect(screen.at("entry").first).to_contain_text(f"Bob {word}")


def test_count(screen, api, word):
    sign(screen, word, "Counting")
    number = len(api.get("/api/entries").json())
    screen.says("count", "1 entry" if number == 1 else f"{number} entries")


def test_reload_does_not_sign_again(screen, api, word):
    sign(screen, word, "Once")
    expect(screen.row("entry", word)).to_have_count(1)
    screen.reload()
    expect(screen.row("entry", word)).to_have_count(1)
    assert len(entries(api, word)) == 1


def test_blank_fields(screen, api, word):
    sign(screen, "   ", f"Hello {word}")
    screen.says("error", "Please enter your name.")
    screen.holds("message", f"Hello {word}")
    sign(screen, f"Ann {word}", "  ")
    screen.says("error", "Please enter a message.")
    screen.holds("name", f"Ann {word}")
    assert entries(api, word) == []


def test_long_message(api, word):
    answer = api.post("/", data={"name": word, "message": "x" * 301})
    assert answer.status_code == 400
    assert "Please keep it under 300 characters." in answer.text
    assert api.post("/", data={"name": word, "message": ""}).status_code == 400
    assert entries(api, word) == []


def test_html_is_shown_as_typed(screen, word):
    sign(screen, f"<b>{word}</b>", "<script>document.title='owned'</script>Hi")
    entry = screen.row("entry", word)
    expect(screen.at("entry-name", entry)).to_have_text(f"<b>{word}</b>")
    expect(screen.at("entry-message", entry)).to_contain_text("<script>")
    assert screen.page.title() != "owned"


def test_api_lists_newest_first(screen, api, word):
    for name in ("Ann", "Bob"):
        sign(screen, f" {name} {word} ", "  Hi  ")
        expect(screen.row("entry", f"{name} {word}")).to_have_count(1)
    found = entries(api, word)
    assert [entry["name"] for entry in found] == [f"Bob {word}", f"Ann {word}"]
    assert found[0]["message"] == "Hi"
    assert found[0]["created_at"]
    assert found[0]["id"] != found[1]["id"]


def test_api_delete(screen, api, word):
    sign(screen, word, "Going")
    expect(screen.row("entry", word)).to_have_count(1)
    number = entries(api, word)[0]["id"]
    assert api.delete(f"/api/entries/{number}").status_code == 204
    assert api.delete(f"/api/entries/{number}").status_code == 404
    screen.open()
    expect(screen.row("entry", word)).to_have_count(0)
