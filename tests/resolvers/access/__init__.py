"""Staff and keys, managed over the API."""
