"""The prompt of each agent's conversation, as text that only its writer understands."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, insert, select

from homesmith.store.connection import Database
from homesmith.store.memory_schema import prompts


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
