"""Tools for development that need a checkout; not part of the wheel."""
