"""The account's accounts elsewhere: helpdesks, channels, marketing; with credentials that are proved and sealed."""
