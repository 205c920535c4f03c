"""Notifications: mails and calendar entries, each sent once."""
