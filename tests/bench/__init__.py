"""How fast it is: the system against what the machine can do and against the naive way."""
