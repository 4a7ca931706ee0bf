"""Versions of the stored format: which builds may work on a database, and how it gets from one version to the next."""
