"""The built-in inbox: tickets, who works on them, and who can."""
