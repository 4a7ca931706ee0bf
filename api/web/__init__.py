"""The chat widget, and the demo's shop with it. `make web` builds the files in `dist` from `web/`."""
