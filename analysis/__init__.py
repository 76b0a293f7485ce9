"""What the runs say: estimators, effects, figures, reports."""
