"""A service as small as can be, to try the messaging core on: counters that add up, and bills made of two topics."""
