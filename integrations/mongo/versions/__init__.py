"""The version of the database, its migrations, and the processes that work on it."""
