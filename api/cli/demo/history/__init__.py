"""The past of the demo's made-up shop. `chance.py` and `shoppers.py` also make the shops of the benchmarks."""
