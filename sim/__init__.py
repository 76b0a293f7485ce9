"""One society, month by month. Knows nothing above it."""
