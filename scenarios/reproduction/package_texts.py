"""The texts of a replication package: what it says, and the program that makes the run again."""

from __future__ import annotations

from scenarios.execution.result import RunResult

__all__ = ["VERIFY", "readme"]

VERIFY = '''"""Make this run again and compare bit for bit: python verify.py [--sample N]."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "code"))
sys.dont_write_bytecode = True

from app.cli import main

main(["runs", "verify", str(HERE), *sys.argv[1:]])
'''


def readme(result: RunResult, kind: str) -> str:
    """Return what a stranger reads first, in Markdown."""
    made = result.provenance
    people, law = made.population, made.law
    shipped = all("/" not in str(each.get("population", "")) for each in made.settings.get("recipe", []))
    bring = (
        "The people are drawn again from the recipe in `code/`."
        if shipped
        else "The people were imported and are not in this package: `python verify.py --population FOLDER`."
    )
    posterior = (
        ""
        if result.source is None
        else f"\n- `posterior.bin`: all draws of posterior {result.source.name}, from which they were taken."
    )
    return f"""# Run {result.run_id}

{made.label["en"]} / {made.label["nl"]}

Scenarios: {", ".join(result.scenarios)} (the first is the baseline).
People: {people["people"]} ({people["name"]}, SHA-256 {people["sha256"]}).
{len(result.months)} months from {law["first"]}.
{len(result.parameters)} parameter sets x {len(result.seeds)} seeds, base seed {made.seeds["base"]}.
Results SHA-256 {result.digest()}.

## Make it again / Opnieuw maken

    python3.11 -m venv venv
    venv/bin/python -m pip install --require-hashes -r code/requirements.lock
    venv/bin/python verify.py              # all of it; --sample 10 makes ten replicates

{bring} A difference is named by scenario, replicate, month and measure.
The same processor family and packages (`run.json`, `provenance.environment`) give the same bits.

Alles wordt opnieuw gesimuleerd en bit voor bit vergeleken; een verschil wordt genoemd.

## Files

- `run.json`: what the run was made with. `scenarios/`: the scenario files.
- `code/`: the program and its lock file.
- `tables/results.{kind}`: means over the people present, by scenario, draw, seed, group and month; one column
  per measure; empty where a replicate failed or nobody was present. Small groups are NOT hidden here:
  a package of imported people is as confidential as the people.
- `tables/parameters.{kind}`: the parameter sets.{posterior}
- `manifest.json`: SHA-256 of every file. `bijstand runs import FOLDER` puts the run into a database.
"""
