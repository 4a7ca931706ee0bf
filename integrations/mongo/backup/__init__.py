"""Copies of the whole database: made as of one instant, and put back as one."""
