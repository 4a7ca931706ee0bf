"""The mutations of the support team. Those that only change a ticket are in `ticket_actions.py`."""
