"""Which societies we compare: scenario files, runs, store, provenance."""
