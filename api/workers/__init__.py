"""Background loops: due timers, helpdesk polling, the outbox, and the forwarding of business events."""
