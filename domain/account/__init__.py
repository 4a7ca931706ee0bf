"""The account: settings, staff, business hours, and the credentials that open it."""
