"""Faster execution of plain fields and long lists. Removable: graphql-core gives the same results without it."""
