"""The records that the event log carries and the storage port reads and writes, of every feature. Values are immutable:
a change makes a new one. Records of one feature alone stand in its package."""
