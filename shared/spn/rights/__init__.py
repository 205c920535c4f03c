"""Who may ask what over HTTP: tokens, roles, and a mark on every route. Nothing here is imported before it is used."""
