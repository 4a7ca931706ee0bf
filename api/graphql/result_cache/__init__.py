"""Results that are kept for as long as the account does not change (`cache.py`)."""
