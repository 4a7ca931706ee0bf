"""What is counted about conversations, and over which days."""
