"""What is true: state, rules and commands of Baton. Standard library and pydantic only; no I/O, no framework."""
