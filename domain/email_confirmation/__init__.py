"""Proving a claimed e-mail address by a click in a mail that was sent to it."""
