"""E-mail to shoppers."""
