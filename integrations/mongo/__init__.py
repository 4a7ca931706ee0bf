"""MongoDB: the storage behind the ports of the domain. `docs/storage.md` describes every collection."""
