"""`bijstand evidence targets`: which rows a fit takes, why each other is not in it, and whether the balance is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.evidence import evidence_option, registry_of
from app.commands.evidence_pool import own_regimes
from app.terminal.output import language, print_json, print_table, say
from sim.problems import Say

if TYPE_CHECKING:
    from calibration.evidence.ledger import Balance, Entry

__all__ = ["targets_command"]


@click.command(name="targets")
@click.option("--all", "every", is_flag=True, help="Also rows that no fit may use.")
@click.option("--left-out", "only_out", is_flag=True, help="Only rows that are not in the fit.")
@click.option("--town", metavar="NAME", help="Only this town.")
@click.option("--posterior", metavar="NAME", help="Rows of this posterior in place of those a fit of today would take.")
@evidence_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def targets_command(
    ctx: click.Context, every: bool, only_out: bool, town: str | None, posterior: str | None, folder: str, as_json: bool
) -> int:
    """List each row that a fit can use: in the fit, or why not; then what is told beside what is fitted.

    Ends with code 1 when a row is missing without a reason.

    Example: bijstand evidence targets --left-out --town nijmegen
    """
    from calibration.evidence.ledger import balance, ledger, unexplained
    from calibration.meta_analysis.bundles import told_of
    from sim.problems import InputError, one_of

    lang = language(ctx)
    registry = registry_of(folder)
    regimes = own_regimes(Path(folder))
    fitted = None if posterior is None else _rows_of(posterior)
    entries = ledger(registry, lambda row: told_of(row, registry, regimes), fitted=fitted)
    missing = unexplained(entries)
    towns = {entry.town for entry in entries}
    if town is not None:
        InputError.raise_if([one_of("--town", town, towns)] if town not in towns else [])
    shown = [
        entry
        for entry in entries
        if (every or entry.row.is_target) and (town is None or entry.town == town) and not (only_out and entry.fitted)
    ]
    balances = balance([entry for entry in entries if town is None or entry.town == town])
    if as_json:
        print_json(
            {
                "evidence": registry.digest(),
                "rows": [_entry(entry, lang) for entry in shown],
                "fitted": sum(entry.fitted for entry in entries),
                "missing": [entry.row.id for entry in missing],
                "balance": [vars(each) for each in balances],
            }
        )
        return 1 if missing else 0
    heads = {
        "en": ("row", "town", "tells of", "family", "finding", "in the fit"),
        "nl": ("rij", "gemeente", "gaat over", "familie", "bevinding", "in de fit"),
    }[lang]
    yes = Say("yes", "ja").to(lang)
    print_table(
        heads,
        [
            (
                entry.row.id,
                entry.town,
                entry.treatment,
                entry.family,
                entry.direction,
                yes if entry.fitted else entry.reason_text().to(lang),
            )
            for entry in shown
        ],
    )
    _balances(balances, lang)
    inside = sum(entry.fitted for entry in entries)
    usable = sum(entry.row.is_target for entry in entries)
    say(
        ctx,
        Say(
            f"{inside} rows in the fit of {usable} that a fit can use; {len(missing)} missing without a reason",
            f"{inside} rijen in de fit van {usable} die een fit kan gebruiken; {len(missing)} ontbreken zonder reden",
        ),
    )
    for entry in missing:
        click.echo(f"  - {entry.row.id}")
    return 1 if missing else 0


def _rows_of(name: str) -> tuple[str, ...]:
    from app.answering.posterior import posterior_named

    return posterior_named(name, None).predictive.rows


def _entry(entry: Entry, lang: str) -> dict[str, object]:
    return {
        "row": entry.row.id,
        "town": entry.town,
        "treatment": entry.treatment,
        "family": entry.family,
        "direction": entry.direction,
        "fitted": entry.fitted,
        "reason": entry.reason,
        "why": "" if entry.fitted else entry.reason_text().to(lang),
    }


def _balances(balances: tuple[Balance, ...], lang: str) -> None:
    heads = {
        "en": ("treatment", "family", "told", "+", "-", "null", "fitted", "+", "-", "null"),
        "nl": ("maatregel", "familie", "verteld", "+", "-", "nul", "in de fit", "+", "-", "nul"),
    }[lang]

    def cells(counts: tuple[int, int, int]) -> tuple[str, ...]:
        total = sum(counts)
        return (str(total), *(f"{count} ({count / total:.0%})" if total else "" for count in counts))

    print_table(
        heads,
        [(each.treatment, each.family, *cells(each.told), *cells(each.fitted)) for each in balances],
        title=Say("told and fitted", "verteld en in de fit").to(lang),
    )
