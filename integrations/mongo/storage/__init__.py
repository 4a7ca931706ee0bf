"""Reads and transactional writes of one account: unit of work, group commit, readers, caches."""
