"""The AI agent's side: what it may say, and when."""
