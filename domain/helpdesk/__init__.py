"""What comes back from a helpdesk that a conversation was handed to."""
