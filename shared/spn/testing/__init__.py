"""What tests of a service stand on: a real database each, records as they come from Kafka, a pipeline without Kafka.

``plugin`` holds the fixtures and is the only module here that imports pytest; name it in ``pytest_plugins``. It needs a
session fixture ``stack`` with ``admin_database_url``.
"""
