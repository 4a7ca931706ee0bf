"""From an account's event log to its sockets: hub, feeds, replay, cursors."""
