"""Delivery to other systems: the words that the outbox and event forwarding share.

Both hand something to another system at least once, under a lease, with retries. They differ in their source only: the
outbox (`domain/outbox`) reads rows, forwarding (`domain/forwarding`) reads positions in the event log.
"""
