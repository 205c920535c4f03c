"""Enrolment: who takes part in an edition, and who is next in line."""
