"""Fakes of the services that Baton calls: real servers on loopback, with documented behaviour and injected faults."""
