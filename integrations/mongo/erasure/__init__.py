"""The erasure of shoppers from what no cache and no projection holds."""
