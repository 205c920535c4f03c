"""What may be seen of enrolment over HTTP: editions, enrolments, guests and their history."""
