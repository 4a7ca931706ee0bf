"""The chat widget, the demo's shop and its team's inbox. `make web` builds the files in `dist` from `web/`."""
