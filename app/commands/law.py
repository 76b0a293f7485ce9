"""`bijstand law`: how old the law of the data is, and what the next half-year needs."""

from __future__ import annotations

from datetime import date, timedelta

import click

from app import options
from app.terminal.output import language, print_json, print_table, say
from sim.policy.law import load_law
from sim.policy.upkeep import Missing, upkeep
from sim.problems import Say

__all__ = ["command"]


@click.group(name="law")
def command() -> None:
    """The law that the program knows, as dated numbers (docs/law.md).

    Example: bijstand law check
    """


@command.command(name="check")
@options.json_option
@click.pass_context
def check(context: click.Context, /, as_json: bool) -> None:
    """Tell how old the law is and which amounts the next half-year needs; exit code 1 when today's law is not known.

    Example: bijstand law check
    """
    state, today, lang = upkeep(load_law()), date.today(), language(context)
    known = state.known(today)
    if as_json:
        print_json(
            {
                "known_until": str(state.until - timedelta(days=1)),
                "today_is_known": known,
                "to_add": [_record(one) for one in state.missing],
                "gaps": [_record(one) for one in state.gaps],
                "held": [_record(one) for one in state.held],
                "planned": [one.name for one in state.planned],
            }
        )
        context.exit(0 if known else 1)
    end = state.until - timedelta(days=1)
    say(
        context,
        Say(
            f"the law is known up to {end}; today is {today}" + ("" if known else ": TODAY'S LAW IS NOT KNOWN"),
            f"het recht is bekend tot en met {end}; vandaag is het {today}"
            + ("" if known else ": HET RECHT VAN VANDAAG IS NIET BEKEND"),
        ),
    )
    for title, rows in (
        (Say(f"to add for {state.until}", f"toe te voegen voor {state.until}"), state.missing),
        (Say(f"not known for {state.last}", f"niet bekend voor {state.last}"), state.gaps),
        (Say("held from before, to be confirmed", "aangehouden, te bevestigen"), state.held),
    ):
        if rows:
            headers = Say("name|household|last value|of|article", "naam|huishouden|laatste waarde|van|artikel")
            cells = [
                (
                    one.parameter.name,
                    one.parameter.household,
                    f"{one.last.value:g}",
                    one.last.valid_from,
                    one.last.article,
                )
                for one in rows
            ]
            click.echo("")
            print_table(headers.to(lang).split("|"), cells, title=title.to(lang))
    click.echo("")
    names = ", ".join(f"{one.name} ({one.rows[0].valid_from})" for one in state.planned)
    say(
        context,
        Say(
            f"printed and not in force yet: {names}\nhow to add a half-year: docs/law.md, 'To add a half-year'",
            f"gedrukt en nog niet van kracht: {names}\nhoe een halfjaar erbij komt: docs/law.md, 'To add a half-year'",
        ),
    )
    context.exit(0 if known else 1)


def _record(one: Missing) -> dict[str, object]:
    return {
        "name": one.parameter.name,
        "household": one.parameter.household,
        "valid_from": str(one.day),
        "last_value": one.last.value,
        "article": one.last.article,
    }
