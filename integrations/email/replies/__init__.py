"""Replies by mail: their new text, without the history that mail programs quote."""
