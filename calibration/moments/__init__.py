"""Moments: what a trial's report would find, computed from a simulated trial in the same way."""
