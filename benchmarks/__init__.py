"""The benchmarks behind `bijstand bench`: the same society as plain Mesa objects, NumPy and the engine."""
