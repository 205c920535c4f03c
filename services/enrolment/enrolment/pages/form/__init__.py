"""The form of an edition: its fields, what a browser sent of them, and what that asks for."""
