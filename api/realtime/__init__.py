"""From the account's log to the sockets: hub, replay, cursors."""
