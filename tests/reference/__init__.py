"""The society a second time: one person at a time, plain Python, slow and obvious. Only tests use it.

Written from the equations in the docstrings of the mechanisms and from the order of the month, without
calling a stage. It agrees with the engine bit for bit, so a mistake must be made twice to go unseen.
"""
