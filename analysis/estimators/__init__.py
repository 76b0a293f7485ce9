"""The estimators of the reports: for simulated trials and for anybody's own microdata."""
