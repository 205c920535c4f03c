"""Own tables, in the order of the file names."""
