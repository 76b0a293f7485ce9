"""Which parameters fit what was observed: evidence, moments, samplers, diagnostics."""
