"""Scheduling: the sessions of an edition and who has a place in them."""
