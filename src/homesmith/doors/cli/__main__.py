"""`python -m homesmith.doors.cli` is `homesmith`."""

from homesmith.doors.cli import main

main()
