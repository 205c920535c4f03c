"""Contracts as data: schemas, examples, AsyncAPI documents and tables, generated from what the services declare.

    python -m spn.contracts.generate     writes them
    python -m spn.contracts.check        compares them, and refuses a change that is not additive
    python -m spn.contracts.release      makes the contracts of now the ones that later changes must keep to

No service is known by name here: each one names its package under the entry point group ``spn.services``, and the
package has the shape that all services have (``events_out.EVENTS``, ``policies.POLICIES``, ``settings.Settings``).
"""
