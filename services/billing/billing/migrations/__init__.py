"""Billing's own tables, as numbered SQL files. Applied files never change; a change is a new file."""
