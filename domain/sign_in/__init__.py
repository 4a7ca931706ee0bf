"""Sign-in of staff by the account's OpenID provider, and their sessions."""
