"""What other services tell us: one file a vendor, each behind an address that only it was told."""
