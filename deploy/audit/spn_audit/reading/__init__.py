"""Reading databases, topics and mails: at a bounded rate, into what is compact, changing nothing."""
