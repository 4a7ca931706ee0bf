"""`baton import`: past conversations, and the products of the catalogue."""
