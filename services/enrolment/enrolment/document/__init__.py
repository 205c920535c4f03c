"""An edition as data: YAML or JSON that a person writes, with the line of every mistake in it."""
