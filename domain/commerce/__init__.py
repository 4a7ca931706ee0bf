"""What shoppers do that may become a sale."""
