"""Each account's append-only event log, the change stream that follows it, and transient signals."""
