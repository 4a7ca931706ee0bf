"""What the graph looks like: Strawberry types, queries, mutations and subscriptions. Nothing else."""
