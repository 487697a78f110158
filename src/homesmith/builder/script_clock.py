"""The part of a script's outline that is about a clock, up or down: start, pause, reset.

What a clock does follows from the kinds of its buttons; what else it says is left to the model. Of
a clock that goes through rounds, such as work and rest, only what all clocks do is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from homesmith.builder.forms import quoted_js
from homesmith.builder.literals import given
from homesmith.builder.mentions import texts_after
from homesmith.builder.outline import Part, comment
from homesmith.builder.script_app import ScriptApp, camel, several

DOWN = re.compile(
    r"\bcount\w* (?:the \w+ )*down|\bcountdown\b|\btime (?:that is )?left\b", re.IGNORECASE
)
UP = re.compile(
    r"\bstop-?watch\b|\bcount\w* (?:the \w+ )*up\b|\btime (?:that )?(?:has )?(?:passed|elapsed)\b",
    re.IGNORECASE,
)
FINER = re.compile(r"\b(?:tenths?|hundredths?|milliseconds?)\b|:ss\.|:\d\d\.\d", re.IGNORECASE)
MINUTES = re.compile(r"\b(\d+)[ -]minutes?\b")
SPAN = re.compile(r"(?<!like )(?<!example )`(\d{1,2}):(\d\d)`")
UNITS = {"hours": 3600, "minutes": 60, "seconds": 1}
STARTS = re.compile(r"^(?:start|begin|go|run)\b")
PAUSES = re.compile(r"^(?:pause|stop|hold)\b")
RESETS = re.compile(r"^(?:reset|clear|restart)\b")
TIME = re.compile(r"^\d{1,2}:\d\d$|^mm:ss$", re.IGNORECASE)
NOTHING = re.compile(r"\bif\b[^.]*\b(?:zero|empty|no time|nothing)\b", re.IGNORECASE)
COUNTS = re.compile(r"\b(?:counts?|how (?:often|many times))\b")
SAID = {
    "ready": re.compile(r"\b(?:ready|waiting|set|idle)\b", re.IGNORECASE),
    "running": re.compile(r"\b(?:running|counting|going|working|started|cooking)\b", re.IGNORECASE),
    "paused": re.compile(r"\b(?:paused|stopped|held|on hold)\b", re.IGNORECASE),
}
"""How people call what a clock does; the fourth word of four is its end."""
END = "\n}\n\n"
STATE = """// The clock: "ready", "running", "paused" or "over", and the seconds that are left.
let phase = "ready";
let left = 0;
let timer = null;
"""
UP_STATE = """// The clock: "ready", "running" or "paused", and the seconds that have passed.
let phase = "ready";
let passed = 0;
let timer = null;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The buttons of a clock, and the fields that set its time; `unset` is what `teller` shows
    when it is started without a time, `counter` what counts how often it came to its end.

    Without fields it counts `up`, or down from the `times` that the request gives, in seconds;
    `laps` are what it lists.
    """

    start: str
    pause: str
    reset: str
    fields: tuple[str, ...]
    teller: str
    unset: str
    counter: str
    up: bool = False
    times: tuple[int, ...] = ()
    laps: str = ""

    @property
    def state(self) -> str:
        """The lines that remember what the clock does."""
        lines = UP_STATE if self.up else STATE
        lines += f"let {self.laps} = [];\n" if self.laps else ""
        if not self.counter:
            return lines
        return f'{lines}let {camel(self.counter)} = load("{self.counter}", 0);\n'


def clock_of(app: ScriptApp, request: str) -> Clock | None:
    """The clock on a page; None where there is none whose way of counting is plain."""
    fields = tuple(
        one.testid for one in app.page.controls if one.kind != "button" and _unit(one.testid)
    )
    start = next(filter(STARTS.match, app.pressed), "")
    pause = next(filter(PAUSES.match, app.pressed), "")
    down, up = DOWN.search(request) is not None, UP.search(request) is not None
    if app.kept or not start or not (down if fields else down != up and pause):
        return None
    times = () if fields or up else _times(request)
    if not fields and (FINER.search(request) if up else not times):
        return None
    teller, unset = _unset(app, start) if fields else ("", "")
    up = up and not fields
    return Clock(
        start=start,
        pause=pause,
        reset=next(filter(RESETS.match, app.pressed), ""),
        fields=fields,
        teller=teller,
        unset=unset,
        counter=_counter(app) if len(times) < 2 and not up else "",
        up=up,
        times=times,
        laps=several(app.noun) if app.noun and app.holder and up else "",
    )


def _times(request: str) -> tuple[int, ...]:
    """The times that a request gives in minutes or as `mm:ss`, examples left out, in seconds."""
    found = {int(minutes) * 60 for minutes in MINUTES.findall(request)}
    found |= {int(one) * 60 + int(two) for one, two in SPAN.findall(request)}
    return tuple(sorted(found - {0}))


def _counter(app: ScriptApp) -> str:
    """The output that counts how often the clock came to its end; "" without."""
    controls = {one.testid for one in app.page.controls}
    counting = (said for said in app.told if COUNTS.search(said.text) and "end" in said.text)
    names = (name for said in counting for name in said.names if name not in controls)
    return next((name for name in names if camel(name) not in ("phase", "left", "timer")), "")


def _unit(name: str) -> int:
    return next((UNITS[part] for part in name.split("-") if part in UNITS), 0)


def _unset(app: ScriptApp, start: str) -> tuple[str, str]:
    controls = {one.testid for one in app.page.controls}
    for said in app.told:
        for name in said.names if NOTHING.search(said.text) else ():
            texts = texts_after(name, said.text, said.names) or given(said.text)
            if start in said.about and name not in controls and texts:
                return name, texts[0]
    return "", ""


def ticking(app: ScriptApp, clock: Clock) -> list[Part]:
    """The time that is set, and what happens each second."""
    if clock.up:
        each = "// Called once a second while it runs.\nfunction tick() {\n  passed += 1;\n}\n\n"
        return [Part(name="tick", opening=each)]
    if len(clock.times) > 1:
        return _rounds(app)
    if clock.times:
        opening = f"function wholeTime() {{\n  return {clock.times[0]};\n}}\n\n"
        return [Part(name="wholeTime", opening=opening), _tick(clock)]
    terms = [f'read("{name}") * {_unit(name)}' for name in clock.fields]
    whole = " + ".join(terms).replace(" * 1 +", " +").removesuffix(" * 1")
    opening = f"function wholeTime() {{\n  return {whole};\n}}\n\n"
    return [Part(name="wholeTime", opening=opening), _tick(clock)]


def _rounds(app: ScriptApp) -> list[Part]:
    """The same for a clock with several times: which one it is now, and what follows its end."""
    told = [s.text for s in app.told if MINUTES.search(s.text) or SPAN.search(s.text)]
    words = comment([*told, "Here the seconds of the round that is on."])
    about = tuple(_outputs(app))
    whole = Part(
        name="wholeTime",
        opening=f"{words}function wholeTime() {{\n",
        ending=END,
        stop=("\n}",),
        about=about,
    )
    told = [said.text for said in app.told if set(said.about) & {*about}]
    words = comment(["Called once a second while it runs.", *told])
    first = "  left -= 1;\n  if (left > 0) return;\n"
    each = f"{words}function tick() {{\n{first}"
    return [whole, Part(name="tick", opening=each, ending=END, stop=("\n}",), about=about)]


def _outputs(app: ScriptApp) -> list[str]:
    controls = {one.testid for one in app.page.controls}
    return [name for name in app.page.order if name not in controls]


def _tick(clock: Clock) -> Part:
    each = (
        "// Called once a second while it runs.\nfunction tick() {\n"
        '  left -= 1;\n  if (left > 0) return;\n  clearInterval(timer);\n  phase = "over";\n'
    )
    if clock.counter:
        counted = camel(clock.counter)
        each += f'  {counted} += 1;\n  save("{clock.counter}", {counted});\n'
    return Part(name="tick", opening=f"{each}}}\n\n")


def pressed(app: ScriptApp, clock: Clock, name: str) -> Part | None:
    """The function of one of the clock's buttons; None for another button."""
    lines = {
        clock.start: _starting(clock),
        clock.pause: [
            'if (phase !== "running") return;',
            "clearInterval(timer);",
            'phase = "paused";',
        ],
        clock.reset: [
            "clearInterval(timer);",
            'phase = "ready";',
            *(["passed = 0;"] if clock.up else []),
        ],
    }.get(name)
    if lines is None:
        return None
    told = [said.text for said in app.told if name in said.about]
    body = "".join(f"  {line}\n" for line in lines)
    opening = f"{comment(told)}function {app.calls[name]}() {{\n{body}"
    if name == clock.reset and (clock.laps or len(clock.times) > 1):
        return Part(name=app.calls[name], opening=opening, ending=END, stop=("\n}",), about=(name,))
    return Part(name=app.calls[name], opening=f"{opening}}}\n\n")


def _starting(clock: Clock) -> list[str]:
    if clock.up:
        return [
            'if (phase === "running") return;',
            'phase = "running";',
            "timer = setInterval(tick, 1000);",
        ]
    nothing = "unset" if clock.unset else "ready"
    return [
        'if (phase === "running") return;',
        'if (phase !== "paused") left = wholeTime();',
        f'phase = left > 0 ? "running" : "{nothing}";',
        'if (phase === "running") timer = setInterval(tick, 1000);',
    ]


def shown(app: ScriptApp, clock: Clock, name: str) -> tuple[str, bool]:
    """What a program knows of the text of an output, as lines of its function; whether that is all.

    The time that is left, the word for what the clock does, what it says without a time.
    """
    told = [said for said in app.told if name in said.about]
    texts = [text for said in told for text in _quoted_after(app, name, said.text)]
    first = ""
    if name == clock.teller:
        first = f'  if (phase === "unset") return {quoted_js(clock.unset)};\n'
        texts = [text for text in texts if text != clock.unset]
    times = [text for text in texts if TIME.match(text)]
    if times and len(times) == len(texts) and clock.up:
        return "  return asTime(passed);", True
    if times and len(times) == len(texts):
        return (
            f'{first}  return asTime(phase === "ready" || phase === "unset" ? wholeTime() : left);',
            True,
        )
    words = _words(list(dict.fromkeys(texts)))
    if words:
        named = ", ".join(f"{key}: {quoted_js(text)}" for key, text in words.items())
        return f"{first}  return {{ {named} }}[phase];", True
    return first, False


def _quoted_after(app: ScriptApp, name: str, sentence: str) -> list[str]:
    """What stands in quotes behind a name and is no name itself; single words too."""
    behind = sentence.partition(f"`{name}`")[2]
    return [
        text
        for text in re.findall(r"[`\"“]([^`\"“”]+)[`\"”]", behind)
        if text not in app.page.names
    ]


def _words(texts: Sequence[str]) -> dict[str, str]:
    """Which of four texts stands for which phase; {} where that is not plain."""
    found = {
        phase: [text for text in texts if pattern.search(text)] for phase, pattern in SAID.items()
    }
    known = {phase: mine[0] for phase, mine in found.items() if len(mine) == 1}
    rest = [text for text in texts if text not in known.values()]
    if len(texts) != 4 or len(known) != 3 or len(rest) != 1:
        return {}
    return {**known, "over": rest[0]}
