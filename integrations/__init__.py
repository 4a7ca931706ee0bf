"""The outside, one folder a capability, one file a vendor."""
