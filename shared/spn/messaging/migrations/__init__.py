"""Tables of the messaging core, in each service's own database."""
