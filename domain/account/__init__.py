"""The account: settings, staff, business hours, and credentials."""
