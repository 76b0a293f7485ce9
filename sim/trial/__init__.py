"""Trials: who is asked, who takes part, who gets what, what arrives, what is measured."""
