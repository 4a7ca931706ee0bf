"""Sign-in of staff: the account's OpenID provider, and sessions."""
