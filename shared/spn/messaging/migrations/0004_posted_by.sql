-- Who posted a command over HTTP, by the id that the identity provider gave them: they may see what became of it.
ALTER TABLE http_commands ADD COLUMN subject text;
