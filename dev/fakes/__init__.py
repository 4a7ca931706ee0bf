"""The services that Baton talks to, as real HTTP servers on loopback, documented behaviour and bad days included."""
