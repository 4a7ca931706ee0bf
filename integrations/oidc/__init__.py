"""OpenID providers, by which staff sign in (OpenID Connect Core 1.0, OAuth 2.0 with PKCE)."""
