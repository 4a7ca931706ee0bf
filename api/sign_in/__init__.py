"""Sign-in of staff by the browser: to the account's OpenID provider and back, and the renewal of access tokens."""
