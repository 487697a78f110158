"""conversation: one agent and one model that talk without end, in a window that has one."""
