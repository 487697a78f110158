"""Geography quiz: what the prompt promises, nothing more."""

from playwright.sync_api import expect

RIGHT = ["Canberra", "Pacific", "India", "Volga", "Africa"]
WRONG = ["Sydney", "Atlantic", "USA", "Seine", "Asia"]


def answer(screen, text):
    screen.row("answer", text).click()


def play(screen, answers):
    for number, text in enumerate(answers, start=1):
        screen.says("progress", f"Question {number} of 5")
        answer(screen, text)
        screen.click("next")


def test_first_question(screen):
    screen.mentions("question", "What is the capital of Australia?")
    screen.lists("answer", ["Sydney", "Canberra", "Melbourne", "Perth"])
    screen.says("progress", "Question 1 of 5")
    screen.says("points", "Points: 0")
    screen.silent("feedback")
    expect(screen.at("next")).to_be_disabled()
    screen.silent("result")
    screen.silent("verdict")


def test_right_answer(screen):
    answer(screen, "Canberra")
    screen.says("feedback", "Correct!")
    screen.says("points", "Points: 1")
    expect(screen.at("next")).to_be_enabled()


def test_wrong_answer(screen):
    answer(screen, "Perth")
    screen.says("feedback", "Wrong. The answer is Canberra.")
    screen.says("points", "Points: 0")


def test_one_try_per_question(screen):
    answer(screen, "Perth")
    for number in range(4):
        expect(screen.at("answer").nth(number)).to_be_disabled()
    screen.says("points", "Points: 0")


def test_next_question(screen):
    answer(screen, "Canberra")
    screen.click("next")
    screen.mentions("question", "Which ocean is the largest?")
    screen.lists("answer", ["Atlantic", "Indian", "Arctic", "Pacific"])
    screen.says("progress", "Question 2 of 5")
    screen.silent("feedback")
    expect(screen.at("next")).to_be_disabled()
    expect(screen.at("answer").first).to_be_enabled()


def test_perfect(screen):
    play(screen, RIGHT)
    screen.says("result", "You got 5 of 5 right.")
    screen.says("verdict", "Perfect!")
    screen.silent("question")
    screen.shows("answer", 0)
    screen.shows("next", 0)


def test_three_right(screen):
    play(screen, RIGHT[:3] + WRONG[3:])
    screen.says("result", "You got 3 of 5 right.")
    screen.says("verdict", "Well done!")


def test_none_right_and_again(screen):
    play(screen, WRONG)
    screen.says("result", "You got 0 of 5 right.")
    screen.says("verdict", "Keep practising!")
    screen.click("again")
    screen.mentions("question", "What is the capital of Australia?")
    screen.says("points", "Points: 0")
    screen.silent("result")
    screen.silent("verdict")
    screen.shows("again", 0)
