"""What shoppers do with the agent's messages, what they buy, and which conversation earned it."""
