"""The stored records: what the event log carries and the storage port reads and writes. No rules of a feature here."""
