"""Kanban board: what the prompt promises, nothing more."""

from playwright.sync_api import expect


def add(screen, *titles):
    for title in titles:
        screen.fill("new-card", title)
        screen.click("add-card")


def press(screen, name, title):
    screen.at(name, screen.row("card", title)).click()


def column(screen, name, titles):
    cards = screen.at("card", screen.at(f"column-{name}")).filter(visible=True)
    expect(cards).to_have_count(len(titles))
    expect(cards).to_contain_text(titles)


def counts(screen, *numbers):
    for name, number in zip(("todo", "doing", "done"), numbers, strict=True):
        screen.says(f"count-{name}", str(number))


def test_starts_with_three_empty_columns(screen):
    screen.mentions("column-todo", "To do")
    screen.mentions("column-doing", "Doing")
    screen.mentions("column-done", "Done")
    counts(screen, 0, 0, 0)
    screen.shows("card", 0)


def test_add(screen):
    add(screen, "Write", "Review", "   ")
    column(screen, "todo", ["Write", "Review"])
    counts(screen, 2, 0, 0)
    screen.fill("new-card", "Ship")
    screen.click("add-card")
    screen.holds("new-card", "")


def test_move(screen):
    add(screen, "Write", "Review")
    press(screen, "move-right", "Write")
    column(screen, "doing", ["Write"])
    press(screen, "move-right", "Review")
    column(screen, "doing", ["Write", "Review"])
    press(screen, "move-right", "Write")
    column(screen, "done", ["Write"])
    press(screen, "move-left", "Review")
    column(screen, "todo", ["Review"])
    counts(screen, 1, 0, 1)


def test_no_move_off_the_board(screen):
    add(screen, "Write", "Review")
    card = screen.row("card", "Write")
    expect(screen.at("move-left", card)).to_be_disabled()
    expect(screen.at("move-right", card)).to_be_enabled()
    press(screen, "move-right", "Write")
    expect(screen.at("move-left", card)).to_be_enabled()
    press(screen, "move-right", "Write")
    expect(screen.at("move-right", card)).to_be_disabled()


def test_edit(screen):
    add(screen, "Write", "Review")
    press(screen, "edit-card", "Review")
    screen.holds("edit-title", "Review")
    screen.fill("edit-title", "Review twice")
    screen.click("save-title")
    column(screen, "todo", ["Write", "Review twice"])
    screen.shows("edit-title", 0)


def test_edit_to_blank_keeps_the_title(screen):
    add(screen, "Write")
    press(screen, "edit-card", "Write")
    screen.fill("edit-title", "  ")
    screen.click("save-title")
    screen.says("card-title", "Write")


def test_delete_and_clear_done(screen):
    add(screen, "Write", "Review", "Ship")
    press(screen, "delete-card", "Review")
    column(screen, "todo", ["Write", "Ship"])
    press(screen, "move-right", "Ship")
    press(screen, "move-right", "Ship")
    counts(screen, 1, 0, 1)
    screen.click("clear-done")
    screen.lists("card-title", ["Write"])
    counts(screen, 1, 0, 0)


def test_search(screen):
    add(screen, "Write report", "Review code", "Report bug")
    press(screen, "move-right", "Report bug")
    screen.fill("search", "REPORT")
    column(screen, "todo", ["Write report"])
    column(screen, "doing", ["Report bug"])
    counts(screen, 2, 1, 0)
    screen.fill("search", "")
    screen.shows("card", 3)


def test_survives_a_reload(screen):
    add(screen, "Write", "Review", "Ship")
    press(screen, "move-right", "Review")
    press(screen, "move-right", "Write")
    column(screen, "doing", ["Review", "Write"])
    screen.reload()
    column(screen, "todo", ["Ship"])
    column(screen, "doing", ["Review", "Write"])
    counts(screen, 1, 2, 0)
