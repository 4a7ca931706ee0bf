"""How a process behaves while a backup is being restored into its database."""
