"""GraphQL of the vendors' accounts that an account uses."""
