"""`baton replay`: escalation rules over past conversations."""
