"""Expense tracker: what the prompt promises, nothing more."""


def add(screen, description, amount, category):
    screen.fill("description", description)
    screen.fill("amount", amount)
    screen.choose("category", category)
    screen.click("add-expense")


def lunch_bus_lamp(screen):
    add(screen, "Lunch", "12.5", "Food")
    add(screen, "Bus", "3", "Transport")
    add(screen, "Lamp", "40.25", "Home")
    screen.shows("expense", 3)


def test_starts_empty(screen):
    screen.shows("expense", 0)
    screen.says("empty", "No expenses.")
    screen.says("total", "€0.00")
    screen.says("total-fun", "€0.00")


def test_add_shows_and_clears(screen):
    add(screen, "Lunch", "4.5", "Food")
    screen.lists("expense", ["Lunch"])
    screen.mentions("expense", "€4.50")
    screen.mentions("expense", "Food")
    screen.holds("description", "")
    screen.holds("amount", "")
    screen.silent("empty")


def test_newest_first_and_totals(screen):
    lunch_bus_lamp(screen)
    add(screen, "Cinema", "9.99", "Fun")
    screen.lists("expense", ["Cinema", "Lamp", "Bus", "Lunch"])
    screen.says("total", "€65.74")
    screen.says("total-food", "€12.50")
    screen.says("total-transport", "€3.00")
    screen.says("total-home", "€40.25")
    screen.says("total-fun", "€9.99")


def test_description_needed(screen):
    add(screen, "   ", "5", "Food")
    screen.says("error", "Please enter a description.")
    screen.shows("expense", 0)
    add(screen, "Bread", "5", "Food")
    screen.silent("error")
    screen.shows("expense", 1)


def test_amount_needed(screen):
    for amount in ("", "0", "-3"):
        add(screen, "Bread", amount, "Food")
        screen.says("error", "Please enter an amount above zero.")
    screen.shows("expense", 0)
    screen.says("total", "€0.00")


def test_filter_leaves_totals_alone(screen):
    lunch_bus_lamp(screen)
    screen.choose("filter", "Transport")
    screen.lists("expense", ["Bus"])
    screen.says("total", "€55.75")
    screen.choose("filter", "Fun")
    screen.says("empty", "No expenses.")
    screen.choose("filter", "All")
    screen.shows("expense", 3)
    screen.silent("empty")


def test_delete_while_filtered(screen):
    lunch_bus_lamp(screen)
    screen.choose("filter", "Food")
    screen.at("delete", screen.row("expense", "Lunch")).click()
    screen.shows("expense", 0)
    screen.choose("filter", "All")
    screen.lists("expense", ["Lamp", "Bus"])
    screen.says("total", "€43.25")
    screen.says("total-food", "€0.00")


def test_clear_all(screen):
    lunch_bus_lamp(screen)
    screen.click("clear-all")
    screen.shows("expense", 0)
    screen.says("total", "€0.00")


def test_survives_a_reload(screen):
    lunch_bus_lamp(screen)
    screen.reload()
    screen.lists("expense", ["Lamp", "Bus", "Lunch"])
    screen.says("total", "€55.75")
    screen.says("total-home", "€40.25")
