"""The prompt of each agent's conversation, as text that only its writer understands.

Where something was forgotten another text stands, never the same twice: whoever read the prompt
before, or that there was none, sees that it is not as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select

from homesmith.store.connection import Database
from homesmith.store.cutting import contains
from homesmith.store.memory_schema import agents, prompts

FORGOTTEN = "forgotten "
"""How the text begins that stands in place of a prompt."""


class Prompts:
    """One text per agent. Safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, agent: int) -> str:
        """The text, "" when there is none."""
        with self._database.reading() as connection:
            query = select(prompts.c.body).where(prompts.c.agent_id == agent)
            return connection.scalar(query) or ""

    def change(self, agent: int, change: Callable[[str], str]) -> str:
        """Put `change` of the text in its place; two processes never overwrite each other.

        An empty text is none. What `change` raises leaves everything as it was.
        """
        with self._database.writing() as connection:
            own = prompts.c.agent_id == agent
            before = connection.scalar(select(prompts.c.body).where(own)) or ""
            after = change(before)
            if after != before:
                connection.execute(delete(prompts).where(own))
                if after:
                    connection.execute(insert(prompts).values(agent_id=agent, body=after))
            return after


def holds(connection: Connection, agent: int, words: str) -> bool:
    """Whether an agent's prompt contains these characters, letters of either case."""
    body = connection.scalar(select(prompts.c.body).where(prompts.c.agent_id == agent)) or ""
    return not body.startswith(FORGOTTEN) and any(contains(one, words) for one in _texts(body))


def forget(
    connection: Connection, whose: Sequence[int], change: Callable[[str], str] = lambda _: ""
) -> int:
    """Drop the prompts of agents within the caller's transaction; how many there were.

    `change` makes of one what may stay of it, "" where nothing may.
    """
    there = prompts.c.agent_id.in_(whose)
    found = connection.execute(select(prompts).where(there))
    bodies = {row.agent_id: row.body for row in found}
    rows = [
        {"agent_id": one, "body": change(bodies.get(one, "")) or f"{FORGOTTEN}{uuid4().hex}"}
        for one in connection.scalars(select(agents.c.id).where(agents.c.id.in_(whose))).all()
    ]
    connection.execute(delete(prompts).where(there))
    if rows:
        connection.execute(insert(prompts), rows)
    return sum(not body.startswith(FORGOTTEN) for body in bodies.values())


def _texts(body: str) -> Iterator[str]:
    """The texts of a body: of JSON, in which letters are escaped, all strings; else itself."""
    try:
        left = [json.loads(body)]
    except ValueError:
        left = [body]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            left += one.values()
        elif isinstance(one, list):
            left += one
