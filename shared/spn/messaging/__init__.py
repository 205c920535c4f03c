"""The way of a message: envelope, batch pipeline, inbox, outbox, relay, dead letters."""
