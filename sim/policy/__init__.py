"""The law: pure functions beside dated numbers. Imports nothing of ours."""
