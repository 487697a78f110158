"""cli: the `homesmith` command. It parses, calls and renders; what is decided, is decided below.

Nothing heavy is imported here: the front page must appear at once.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line of this process and end with its exit code."""
    from homesmith.doors.cli.entry import run

    sys.exit(run(sys.argv[1:]))
