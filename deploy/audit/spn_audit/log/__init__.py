"""The topics, remembered as what the checks need of them: a few numbers an aggregate, never whole messages."""
