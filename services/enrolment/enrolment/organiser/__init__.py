"""What organisers see, and who looks along: editions, enrolments and what may be done about them, Dutch first."""
