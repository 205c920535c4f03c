"""The local stack: a real Kafka, PostgreSQL, a mail sink and the services, without a container engine."""

from __future__ import annotations
