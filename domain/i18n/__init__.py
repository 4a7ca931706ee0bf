"""What Baton itself says to shoppers, in their language: message catalogs, dates and amounts."""
