"""The season of the lerend netwerk, played from the examples on a running stack."""
