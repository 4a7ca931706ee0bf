"""The database of these tests is emptied, and not made anew, after each: two drivers make them many."""

from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
