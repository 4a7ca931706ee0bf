"""Reports: how many conversations, what became of them, and what they sold."""
