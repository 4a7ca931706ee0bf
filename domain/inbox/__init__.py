"""The built-in inbox: tickets, their assignees, replies and notes of staff."""
