"""Storage of deliveries: leased outbox rows, and the positions of event forwardings."""
