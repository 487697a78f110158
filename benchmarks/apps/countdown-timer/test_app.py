"""Countdown timer: what the prompt promises, nothing more. Waits are in real time."""

import re
import time

from playwright.sync_api import expect


def set_time(screen, minutes, seconds):
    screen.fill("minutes", str(minutes))
    screen.fill("seconds", str(seconds))


def run_out(screen):
    expect(screen.at("status")).to_have_text("Time is up!", timeout=7000)


def reaches(screen, text):
    """Wait for a text that may stand there for a moment only."""
    screen.page.wait_for_function(
        """text => {
            const display = document.querySelector('[data-testid=display]');
            return display && display.innerText.trim() === text;
        }""",
        arg=text,
    )


def test_starts_ready(screen):
    screen.says("display", "00:10")
    screen.says("status", "Ready")
    screen.says("finished", "Finished 0 times")


def test_display_follows_the_fields(screen):
    set_time(screen, 2, 5)
    screen.says("display", "02:05")
    set_time(screen, 12, 40)
    screen.says("display", "12:40")


def test_counts_down_to_the_end(screen):
    set_time(screen, 0, 2)
    screen.click("start")
    screen.says("status", "Running")
    reaches(screen, "00:01")
    run_out(screen)
    screen.says("display", "00:00")
    screen.says("finished", "Finished 1 time")


def test_pause_holds_and_start_goes_on(screen):
    set_time(screen, 1, 0)
    screen.click("start")
    reaches(screen, "00:59")
    screen.click("pause")
    screen.says("status", "Paused")
    shown = screen.at("display").inner_text().strip()
    time.sleep(1.6)
    screen.says("display", shown)
    screen.click("start")
    screen.says("status", "Running")
    reaches(screen, f"00:{int(shown[-2:]) - 1:02d}")


def test_start_twice_is_not_faster(screen):
    set_time(screen, 1, 0)
    for _ in range(4):
        screen.click("start")
    time.sleep(2.2)
    screen.says("display", re.compile(r"^\s*00:5[5-9]\s*$"))
    screen.click("pause")
    screen.says("display", re.compile(r"^\s*00:5[678]\s*$"))


def test_reset_goes_back_to_the_fields(screen):
    set_time(screen, 0, 30)
    screen.click("start")
    reaches(screen, "00:29")
    screen.click("reset")
    screen.says("display", "00:30")
    screen.says("status", "Ready")
    time.sleep(1.3)
    screen.says("display", "00:30")


def test_nothing_to_count(screen):
    set_time(screen, 0, 0)
    screen.click("start")
    screen.says("status", "Set a time first")
    screen.says("display", "00:00")
    screen.says("finished", "Finished 0 times")


def test_reset_after_the_end_and_count_survives(screen):
    set_time(screen, 0, 1)
    screen.click("start")
    run_out(screen)
    screen.click("reset")
    screen.says("status", "Ready")
    screen.says("display", "00:01")
    screen.click("start")
    run_out(screen)
    screen.says("finished", "Finished 2 times")
    screen.reload()
    screen.says("finished", "Finished 2 times")
