"""What directors and secretaries see: server-rendered pages, Dutch first, that put the same commands on the log."""
