"""Word problems that come to a number, in the form of GSM8K, where that cannot be fetched.

    word_problems.py --each 4 --seed 0 --into numbers.jsonl
    homesmith eval numbers.jsonl --strategy direct,auto

Every problem is one of the stories below with other numbers; the answer is computed beside the
story, never by a model. The same seed gives the same file.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

Story = Callable[[random.Random], tuple[str, int]]


def bakery(dice: random.Random) -> tuple[str, int]:
    trays, rolls, sold, price = (
        dice.randint(4, 9),
        dice.randint(11, 24),
        dice.randint(12, 40),
        dice.randint(2, 4),
    )
    text = (
        f"A bakery bakes {trays} trays of {rolls} rolls in the morning. By noon {sold} rolls are "
        f"sold, and the rest are sold in the afternoon for {price} euros each. How many euros does "
        "the bakery take in the afternoon?"
    )
    return text, (trays * rolls - sold) * price


def train(dice: random.Random) -> tuple[str, int]:
    on, out, more = dice.randint(80, 160), dice.randint(15, 45), dice.randint(20, 60)
    text = (
        f"A train leaves with {on} people. At the first stop {out} get off and {more} get on. At "
        "the second stop half of all people on the train get off. How many are still on it?"
    )
    people = on - out + more
    if people % 2:
        return train(dice)
    return text, people // 2


def savings(dice: random.Random) -> tuple[str, int]:
    week, weeks, spent = dice.randint(7, 19), dice.randint(6, 15), dice.randint(18, 40)
    goal = week * weeks - spent + dice.randint(20, 90)
    text = (
        f"Mira saves {week} euros every week. After {weeks} weeks she spends {spent} euros on a "
        f"present. She wants a bicycle light set for {goal} euros. How many euros is she short?"
    )
    return text, goal - (week * weeks - spent)


def garden(dice: random.Random) -> tuple[str, int]:
    long, wide, gate = dice.randint(12, 30), dice.randint(6, 11), dice.randint(2, 4)
    text = (
        f"A rectangular garden is {long} meters long and {wide} meters wide. It gets a fence all "
        f"around except for a gate of {gate} meters. One meter of fence costs 6 euros. How many "
        "euros does the fence cost?"
    )
    return text, (2 * (long + wide) - gate) * 6


def pages(dice: random.Random) -> tuple[str, int]:
    daily, days, faster = dice.randint(14, 28), dice.randint(4, 8), dice.randint(4, 9)
    left = dice.randint(3, 6)
    whole = daily * days + (daily + faster) * left
    text = (
        f"A book has {whole} pages. Tom reads {daily} pages a day for {days} days. After that he "
        f"reads {faster} pages a day more than before. How many more days does he need to finish?"
    )
    return text, left


def boxes(dice: random.Random) -> tuple[str, int]:
    small, large, bags = dice.randint(5, 12), dice.randint(3, 8), dice.randint(2, 5)
    text = (
        f"A small box holds {small} pens and a large box holds three times as many. A school "
        f"buys {bags} small boxes and {large} large boxes. How many pens does it buy?"
    )
    return text, bags * small + large * 3 * small


def discount(dice: random.Random) -> tuple[str, int]:
    price, number, off = dice.randint(3, 12) * 20, dice.randint(2, 5), dice.choice((10, 20, 25, 30))
    text = (
        f"A chair costs {price} euros. Someone buys {number} of them and gets {off} percent off "
        "the whole bill. How many euros does that person pay?"
    )
    return text, price * number * (100 - off) // 100


def ages(dice: random.Random) -> tuple[str, int]:
    young, years, times = dice.randint(4, 11), dice.randint(3, 9), dice.randint(3, 5)
    text = (
        f"Ben is {young} years old. His aunt is {times} times as old as he is. How old will the "
        f"aunt be in {years} years?"
    )
    return text, young * times + years


def workers(dice: random.Random) -> tuple[str, int]:
    hour, hours, people, broken = (
        dice.randint(6, 14),
        dice.randint(5, 8),
        dice.randint(3, 7),
        dice.randint(9, 30),
    )
    text = (
        f"{people} people each assemble {hour} lamps an hour and work {hours} hours. {broken} of "
        "all the lamps turn out to be faulty. How many good lamps are there?"
    )
    return text, people * hour * hours - broken


def tank(dice: random.Random) -> tuple[str, int]:
    fill, leak, minutes = dice.randint(14, 30), dice.randint(3, 9), dice.randint(8, 20)
    start = dice.randint(20, 90)
    text = (
        f"A tank holds {start} liters. A pump fills in {fill} liters a minute while {leak} liters "
        f"a minute leak out. How many liters are in the tank after {minutes} minutes?"
    )
    return text, start + (fill - leak) * minutes


def tickets(dice: random.Random) -> tuple[str, int]:
    adults, children, price = dice.randint(2, 6), dice.randint(3, 9), dice.randint(4, 11) * 2
    paid = 0
    cost = adults * price + children * price // 2
    while paid <= cost:
        paid += 50
    text = (
        f"An adult's ticket for the zoo costs {price} euros and a child's ticket half of that. A "
        f"group of {adults} adults and {children} children pays with {paid} euros. How many "
        "euros do they get back?"
    )
    return text, paid - cost


def marbles(dice: random.Random) -> tuple[str, int]:
    first, more, given = dice.randint(12, 40), dice.randint(5, 20), dice.randint(3, 11)
    text = (
        f"Ana has {first} marbles. Leo has {more} more than Ana. Leo gives Ana {given} of his. "
        "How many marbles more than Ana does Leo have now? Answer with a negative number if he "
        "has fewer."
    )
    return text, more - 2 * given


def cooking(dice: random.Random) -> tuple[str, int]:
    eggs, cakes, left = dice.randint(2, 5), dice.randint(3, 9), dice.randint(1, 9)
    carton = 10
    need = eggs * cakes + left
    text = (
        f"Every cake takes {eggs} eggs. Nora bakes {cakes} cakes and wants {left} eggs left over "
        f"afterwards. Eggs are sold in cartons of {carton}. How many cartons must she buy?"
    )
    return text, -(-need // carton)


def distance(dice: random.Random) -> tuple[str, int]:
    slow, fast = dice.randint(10, 18), dice.randint(20, 30)
    first, second = dice.randint(2, 4), dice.randint(1, 3)
    text = (
        f"A cyclist rides {first} hours at {slow} kilometers an hour, rests for one hour, and "
        f"rides {second} hours at {fast} kilometers an hour. How many kilometers is that in all?"
    )
    return text, first * slow + second * fast


def library(dice: random.Random) -> tuple[str, int]:
    shelves, each, lent = dice.randint(6, 14), dice.randint(20, 40), dice.randint(3, 6)
    back = dice.randint(10, 30)
    text = (
        f"A library has {shelves} shelves with {each} books each. A {_part(lent)} of all the books "
        f"are lent; then {back} of the lent ones come back. How many books are lent now?"
    )
    if shelves * each % lent or shelves * each // lent < back:
        return library(dice)
    return text, shelves * each // lent - back


def _part(number: int) -> str:
    return {3: "third", 4: "quarter", 5: "fifth", 6: "sixth"}[number]


STORIES: tuple[Story, ...] = (
    bakery,
    train,
    savings,
    garden,
    pages,
    boxes,
    discount,
    ages,
    workers,
    tank,
    tickets,
    marbles,
    cooking,
    distance,
    library,
)


def main() -> int:
    """Write the file and say how many problems stand in it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--each", type=int, default=4, help="problems of each story")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--into", type=Path, required=True, metavar="FILE")
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    made = [story(dice) for _ in range(arguments.each) for story in STORIES]
    rows = [json.dumps({"question": text, "answer": f"#### {number}"}) for text, number in made]
    arguments.into.write_text("\n".join(rows) + "\n")
    print(f"{len(rows)} problems in {arguments.into}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
