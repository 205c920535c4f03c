"""The proof of a waiting list: its journal read again from the first entry, and held against all that was told."""
