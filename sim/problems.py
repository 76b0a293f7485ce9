"""Bad input, told in one go (the class lives with the law, which imports nothing of ours)."""

from sim.policy.problems import InputError, Problem, Say, nearest_name, one_of, within

__all__ = ["InputError", "Problem", "Say", "nearest_name", "one_of", "within"]
