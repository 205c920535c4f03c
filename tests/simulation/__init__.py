"""The four services' real decisions, pipelines, consumers and relays on real databases; Kafka and time are modelled.

Everything that can go wrong between two steps is drawn by hypothesis: `test_simulation.py`, and for longer
`python -m tests.simulation --minutes 30`, on a PostgreSQL of its own (or that of DATABASE_URL).

    SPN_SIMULATION_EXAMPLES, SPN_SIMULATION_STEPS    how much the normal test run plays (30 examples of 50 steps)
    SPN_SIMULATION_SHRINK=0                          leave a failing example as it is: making it small takes minutes

A failure names the steps and a blob for `@reproduce_failure`; the command line also the seed.
"""
