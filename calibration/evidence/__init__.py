"""The trials as data: every figure with its source, its doubts and what a fit may do with it."""
