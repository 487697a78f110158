"""Tip calculator: what the prompt promises, nothing more."""


def outputs(screen, tip, total, each):
    screen.says("tip-amount", tip)
    screen.says("total", total)
    screen.says("per-person", each)


def test_starts_at_zero(screen):
    outputs(screen, "$0.00", "$0.00", "$0.00")
    screen.holds("tip", "15")
    screen.holds("people", "1")
    screen.silent("error")


def test_fifteen_percent_by_default(screen):
    screen.fill("bill", "80")
    outputs(screen, "$12.00", "$92.00", "$92.00")


def test_shared_by_three(screen):
    screen.fill("bill", "100")
    screen.fill("tip", "18")
    screen.fill("people", "3")
    outputs(screen, "$18.00", "$118.00", "$39.33")


def test_quick_buttons(screen):
    screen.fill("bill", "50")
    screen.click("tip-20")
    screen.holds("tip", "20")
    outputs(screen, "$10.00", "$60.00", "$60.00")
    screen.click("tip-10")
    outputs(screen, "$5.00", "$55.00", "$55.00")
    screen.click("tip-15")
    outputs(screen, "$7.50", "$57.50", "$57.50")


def test_negative_bill(screen):
    screen.fill("bill", "-5")
    screen.says("error", "The bill cannot be negative.")
    outputs(screen, "$0.00", "$0.00", "$0.00")
    screen.fill("bill", "10")
    screen.silent("error")
    screen.says("total", "$11.50")


def test_nobody_pays(screen):
    screen.fill("bill", "20")
    screen.fill("people", "0")
    screen.says("error", "At least one person has to pay.")
    outputs(screen, "$0.00", "$0.00", "$0.00")


def test_reset(screen):
    screen.fill("bill", "64")
    screen.click("tip-20")
    screen.fill("people", "4")
    screen.says("per-person", "$19.20")
    screen.click("reset")
    screen.holds("bill", "")
    screen.holds("tip", "15")
    screen.holds("people", "1")
    outputs(screen, "$0.00", "$0.00", "$0.00")
