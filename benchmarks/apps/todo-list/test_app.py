"""To-do list: what the prompt promises, nothing more."""


def add(screen, *texts):
    for text in texts:
        screen.fill("new-todo", text)
        screen.click("add")


def toggle(screen, text):
    screen.at("todo-toggle", screen.row("todo-item", text)).click()


def test_starts_empty(screen):
    screen.shows("todo-item", 0)
    screen.says("empty", "Nothing to do yet.")
    screen.says("count", "0 items left")


def test_adds_at_the_end(screen):
    add(screen, "Buy milk", "Call Ann")
    screen.lists("todo-text", ["Buy milk", "Call Ann"])
    screen.holds("new-todo", "")
    screen.silent("empty")
    screen.says("count", "2 items left")


def test_enter_adds_and_blank_does_not(screen):
    screen.fill("new-todo", "  Water plants  ")
    screen.at("new-todo").press("Enter")
    screen.says("todo-text", "Water plants")
    add(screen, "   ", "")
    screen.shows("todo-item", 1)
    screen.says("count", "1 item left")


def test_toggle_counts_and_crosses_out(screen):
    add(screen, "One", "Two")
    toggle(screen, "One")
    screen.says("count", "1 item left")
    crossed = """item => [item, ...item.querySelectorAll('*')].some(
        e => getComputedStyle(e).textDecorationLine.includes('line-through'))"""
    assert screen.row("todo-item", "One").evaluate(crossed)
    assert not screen.row("todo-item", "Two").evaluate(crossed)
    toggle(screen, "One")
    screen.says("count", "2 items left")


def test_filters(screen):
    add(screen, "Alpha", "Beta", "Gamma")
    toggle(screen, "Beta")
    screen.click("filter-active")
    screen.lists("todo-item", ["Alpha", "Gamma"])
    screen.click("filter-done")
    screen.lists("todo-item", ["Beta"])
    screen.says("count", "2 items left")
    screen.click("filter-all")
    screen.lists("todo-item", ["Alpha", "Beta", "Gamma"])


def test_delete_the_right_one_while_filtered(screen):
    add(screen, "Alpha", "Beta", "Gamma")
    toggle(screen, "Alpha")
    screen.click("filter-active")
    screen.at("todo-delete", screen.row("todo-item", "Gamma")).click()
    screen.click("filter-all")
    screen.lists("todo-item", ["Alpha", "Beta"])


def test_clear_done(screen):
    add(screen, "Alpha", "Beta", "Gamma")
    toggle(screen, "Alpha")
    toggle(screen, "Gamma")
    screen.click("clear-done")
    screen.lists("todo-item", ["Beta"])


def test_survives_a_reload(screen):
    add(screen, "Alpha", "Beta")
    toggle(screen, "Beta")
    screen.says("count", "1 item left")
    screen.reload()
    screen.lists("todo-item", ["Alpha", "Beta"])
    screen.says("count", "1 item left")
    assert screen.at("todo-toggle", screen.row("todo-item", "Beta")).is_checked()
