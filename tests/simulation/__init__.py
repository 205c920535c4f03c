"""The four services' real decisions, pipelines, consumers and relays on real databases; Kafka and time are modelled.

Everything that can go wrong between two steps is drawn by hypothesis: `test_simulation.py`, and for longer
`python -m tests.simulation --minutes 30`.
"""
