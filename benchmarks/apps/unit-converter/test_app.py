"""Unit converter: what the prompt promises, nothing more."""


def test_opens_with_one_metre(screen):
    screen.says("result", "0.001 km")
    screen.holds("amount", "1")


def test_answer_follows_the_amount(screen):
    screen.fill("amount", "2500")
    screen.says("result", "2.5 km")


def test_length_rounds_to_four_decimals(screen):
    screen.choose("from", "km")
    screen.choose("to", "mi")
    screen.says("result", "0.6214 mi")
    screen.choose("from", "in")
    screen.choose("to", "cm")
    screen.fill("amount", "10")
    screen.says("result", "25.4 cm")


def test_weight(screen):
    screen.choose("kind", "Weight")
    screen.fill("amount", "3")
    screen.says("result", "3000 g")
    screen.choose("from", "lb")
    screen.choose("to", "oz")
    screen.says("result", "48 oz")


def test_temperature(screen):
    screen.choose("kind", "Temperature")
    screen.fill("amount", "100")
    screen.says("result", "212 F")
    screen.choose("to", "K")
    screen.says("result", "373.15 K")
    screen.choose("from", "F")
    screen.choose("to", "C")
    screen.fill("amount", "-40")
    screen.says("result", "-40 C")


def test_each_kind_has_its_own_units(screen):
    screen.choose("kind", "Weight")
    options = screen.at("from").locator("option").all_inner_texts()
    assert [option.strip() for option in options] == ["kg", "g", "lb", "oz"]
    screen.choose("kind", "Temperature")
    options = screen.at("to").locator("option").all_inner_texts()
    assert [option.strip() for option in options] == ["C", "F", "K"]


def test_swap(screen):
    screen.fill("amount", "5")
    screen.click("swap")
    screen.says("result", "5000 m")


def test_empty_amount(screen):
    screen.fill("amount", "")
    screen.says("result", "Enter a number")
    screen.fill("amount", "7")
    screen.says("result", "0.007 km")
