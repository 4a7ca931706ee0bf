"""How far receivers of business events have got, in the graph."""
