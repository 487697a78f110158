"""Reading log: what the long prompt promises, section by section, nothing more."""

from playwright.sync_api import expect

DUNE = ("Dune", "Frank Herbert", "412")
EMMA = ("Emma", "Jane Austen", "474")
KIM = ("Kim", "Rudyard Kipling", "304")


def add(screen, title, author, pages, status="Want to read"):
    screen.fill("book-title", title)
    screen.fill("book-author", author)
    screen.fill("book-pages", pages)
    screen.choose("book-status", status)
    screen.click("add-book")


def inside(screen, name, title):
    return screen.at(name, screen.row("book", title))


def stats(screen, **numbers):
    for name, text in numbers.items():
        screen.says(f"stat-{name}", text)


def test_starts_empty(screen):
    screen.says("app-title", "My reading log")
    screen.says("empty", "Your log is empty. Add your first book above.")
    screen.says("shown", "Showing 0 of 0 books")
    stats(screen, total="0", reading="0", read="0", pages="0", average="-")
    expect(screen.at("delete-all")).to_be_disabled()
    screen.says("theme", "Dark mode")


def test_adding(screen):
    add(screen, "  Dune ", " Frank Herbert ", "412")
    screen.says("notice", 'Added "Dune".')
    screen.says("title", "Dune")
    screen.says("author", "by Frank Herbert")
    screen.says("pages", "412 pages")
    screen.says("status", "Want to read")
    for field in ("book-title", "book-author", "book-pages"):
        screen.holds(field, "")
    screen.says("shown", "Showing 1 of 1 book")
    screen.silent("empty")
    add(screen, "Leaflet", "Anon", "1", "Reading")
    screen.says("shown", "Showing 2 of 2 books")
    expect(inside(screen, "pages", "Leaflet")).to_have_text("1 page")
    expect(inside(screen, "advance", "Leaflet")).to_have_text("Finish")


def test_form_messages(screen):
    add(screen, " ", "", "")
    screen.says("form-error", "Please enter a title.")
    add(screen, "Dune", " ", "")
    screen.says("form-error", "Please enter an author.")
    for pages in ("", "0", "-4", "2.5"):
        add(screen, "Dune", "Frank Herbert", pages)
        screen.says("form-error", "Pages must be a whole number above zero.")
    screen.holds("book-title", "Dune")
    screen.shows("book", 0)
    add(screen, *DUNE)
    screen.silent("form-error")
    add(screen, " dUNE ", "frank herbert", "10")
    screen.says("form-error", "This book is already in your log.")
    screen.shows("book", 1)


def test_status_and_statistics(screen):
    add(screen, *DUNE)
    add(screen, *EMMA, "Reading")
    stats(screen, total="2", reading="1", read="0", pages="0")
    expect(inside(screen, "advance", "Dune")).to_have_text("Start reading")
    inside(screen, "advance", "Dune").click()
    expect(inside(screen, "status", "Dune")).to_have_text("Reading")
    stats(screen, reading="2")
    inside(screen, "advance", "Dune").click()
    expect(inside(screen, "status", "Dune")).to_have_text("Read")
    expect(inside(screen, "advance", "Dune").filter(visible=True)).to_have_count(0)
    stats(screen, total="2", reading="1", read="1", pages="412")


def test_stars(screen):
    add(screen, *DUNE, "Read")
    add(screen, *EMMA, "Read")
    add(screen, *KIM)
    expect(inside(screen, "rating", "Kim").filter(visible=True)).to_have_count(0)
    expect(inside(screen, "star-1", "Kim").filter(visible=True)).to_have_count(0)
    expect(inside(screen, "rating", "Dune")).to_have_text("Not rated")
    inside(screen, "star-5", "Dune").click()
    expect(inside(screen, "rating", "Dune")).to_have_text("5 stars")
    stats(screen, average="5.0")
    inside(screen, "star-1", "Emma").click()
    expect(inside(screen, "rating", "Emma")).to_have_text("1 star")
    stats(screen, average="3.0")
    inside(screen, "star-1", "Emma").click()
    expect(inside(screen, "rating", "Emma")).to_have_text("Not rated")
    stats(screen, average="5.0")


def test_search_filter_and_sort(screen):
    add(screen, *DUNE)
    add(screen, "Kim", "anna Kipling", "304", "Reading")
    add(screen, "emma", "Jane Austen", "474", "Reading")
    screen.fill("search", " AUSTEN ")
    screen.lists("title", ["emma"])
    screen.says("shown", "Showing 1 of 3 books")
    screen.choose("filter", "Want to read")
    screen.says("empty", "No book matches.")
    screen.fill("search", "")
    screen.lists("title", ["Dune"])
    stats(screen, total="3", reading="2")
    screen.choose("filter", "All books")
    screen.choose("sort", "Most pages")
    screen.lists("title", ["emma", "Dune", "Kim"])
    screen.choose("sort", "Title")
    screen.lists("title", ["Dune", "emma", "Kim"])
    screen.choose("sort", "Author")
    screen.lists("title", ["Kim", "Dune", "emma"])
    screen.choose("sort", "As added")
    screen.lists("title", ["Dune", "Kim", "emma"])


def test_editing(screen):
    add(screen, *DUNE)
    add(screen, *EMMA, "Read")
    inside(screen, "edit", "Emma").click()
    screen.holds("edit-title", "Emma")
    screen.holds("edit-pages", "474")
    screen.fill("edit-title", "")
    screen.click("save-edit")
    screen.says("edit-error", "Please enter a title.")
    screen.fill("edit-title", "Persuasion")
    screen.fill("edit-pages", "250")
    screen.click("save-edit")
    screen.says("notice", 'Saved "Persuasion".')
    screen.lists("title", ["Dune", "Persuasion"])
    expect(inside(screen, "status", "Persuasion")).to_have_text("Read")
    stats(screen, pages="250")
    inside(screen, "edit", "Dune").click()
    screen.fill("edit-title", "Children of Dune")
    screen.click("cancel-edit")
    screen.lists("title", ["Dune", "Persuasion"])


def test_remove_and_undo(screen):
    add(screen, *DUNE)
    add(screen, *EMMA, "Read")
    add(screen, *KIM)
    inside(screen, "star-4", "Emma").click()
    screen.shows("undo-remove", 0)
    inside(screen, "remove", "Emma").click()
    screen.says("notice", 'Removed "Emma".')
    screen.lists("title", ["Dune", "Kim"])
    screen.click("undo-remove")
    screen.says("notice", 'Restored "Emma".')
    screen.lists("title", ["Dune", "Emma", "Kim"])
    expect(inside(screen, "rating", "Emma")).to_have_text("4 stars")
    screen.shows("undo-remove", 0)
    inside(screen, "remove", "Kim").click()
    inside(screen, "advance", "Dune").click()
    screen.shows("undo-remove", 0)


def test_goal(screen):
    screen.says("goal-progress", "0 of 12 books (0%)")
    for book in (DUNE, EMMA, KIM):
        add(screen, *book, "Read")
    screen.says("goal-progress", "3 of 12 books (25%)")
    screen.silent("goal-message")
    screen.fill("goal", "2")
    screen.says("goal-progress", "3 of 2 books (100%)")
    screen.says("goal-message", "Goal reached, congratulations!")
    screen.fill("goal", "0")
    screen.says("goal-progress", "Set a goal of at least 1.")
    screen.silent("goal-message")
    screen.fill("goal", "7")
    screen.reload()
    screen.says("goal-progress", "3 of 7 books (43%)")


def test_dark_mode_and_saving(screen):
    add(screen, *DUNE, "Read")
    add(screen, "<b>Bold</b>", "A & B", "99", "Reading")
    inside(screen, "star-3", "Dune").click()
    screen.click("theme")
    screen.says("theme", "Light mode")
    screen.choose("sort", "Title")
    screen.reload()
    screen.says("theme", "Light mode")
    assert screen.page.evaluate("document.body.classList.contains('dark')")
    screen.lists("title", ["Dune", "<b>Bold</b>"])
    expect(inside(screen, "author", "<b>Bold</b>")).to_have_text("by A & B")
    expect(inside(screen, "rating", "Dune")).to_have_text("3 stars")
    stats(screen, total="2", reading="1", read="1", average="3.0")
    screen.click("theme")
    screen.says("theme", "Dark mode")
    assert not screen.page.evaluate("document.body.classList.contains('dark')")


def test_delete_everything(screen):
    add(screen, *DUNE, "Read")
    screen.fill("goal", "5")
    screen.click("delete-all")
    screen.says("notice", "All books deleted.")
    screen.shows("book", 0)
    screen.says("empty", "Your log is empty. Add your first book above.")
    screen.says("goal-progress", "0 of 5 books (0%)")
    expect(screen.at("delete-all")).to_be_disabled()


def test_unreadable_storage(screen):
    add(screen, *DUNE)
    screen.page.evaluate(
        "Object.keys(localStorage).forEach(key => localStorage.setItem(key, '{broken'))"
    )
    screen.reload()
    screen.says("empty", "Your log is empty. Add your first book above.")
    add(screen, *KIM)
    screen.lists("title", ["Kim"])
