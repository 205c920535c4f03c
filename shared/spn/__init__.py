"""Mechanism that the services share: messaging, time, logs, health. It knows no meaning of any service."""
