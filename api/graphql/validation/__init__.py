"""The checks of a parsed document: the rules of the specification, with bounds, and what callers may ask unknown."""
