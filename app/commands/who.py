"""`bijstand who`: for whom a policy works, who gains and who loses, and a rule that tailors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.answering.observed_runs import Ready, files_of, label_lines, lived_options, living, ready, store
from app.terminal.output import language, print_json, print_table, say
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from analysis.cost.prices import Prices
    from analysis.who.by_group import Who
    from analysis.who.tailor import Tailored
    from scenarios.execution.observe import Seen

__all__ = ["command", "lived"]


@click.command(name="who")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--against", default="regular", show_default=True, metavar="BASELINE", help="what it is compared with")
@click.option(
    "--goal",
    default="months_worked",
    show_default=True,
    metavar="NAME",
    help="outcome shown, and what a rule is learned for: income, months_worked, on_benefit, stress, ...",
)
@click.option("--tailor/--no-tailor", default=True, help="look for a rule that chooses between the scenarios")
@click.option(
    "--depth", default="2", show_default=True, metavar="N", help="questions below each other in the rule, 1-3"
)
@click.option("--observe", metavar="A,B,...", help="what the rule may ask [what a caseworker sees]")
@click.option("--price", "given_prices", multiple=True, metavar="NAME=VALUE", help="replace a price (repeatable)")
@click.option("--prices", "price_file", metavar="FILE", help="replace prices by those of a TOML file")
@lived_options
@click.pass_context
def command(context: click.Context, /, scenarios: tuple[str, ...], **given: Any) -> None:
    """For whom does it work? Effects by group, who is better and worse off, and a rule that tailors.

    Groups are those of the start: obstacles, stress, bandwidth, household, spell, education, view of people.
    The same person meets the same luck in every scenario. With two or more scenarios the rule chooses between
    all of them and the baseline; it is written as a scenario that `bijstand run` runs.

    Example: bijstand who intensive exemption --goal wellbeing --people 3000
    """
    made, found, rules = lived(context, scenarios, given, [given["goal"]])
    rule = rules.get(given["goal"])
    files = _files(context, made, found, rule, given)
    if given["as_json"]:
        print_json(_json(found, rule, files, language(context)))
        return
    _print(context, found, rule, files, given["goal"])


def lived(
    context: click.Context, scenarios: Sequence[str], given: dict[str, Any], goals: Sequence[str]
) -> tuple[Ready, Who, dict[str, Tailored]]:
    """Check the options, simulate and store; return the plan, effects by group, and the rule for each goal.

    Raises:
        InputError: everything that is wrong with the options.
    """
    from analysis.who.by_group import who
    from analysis.who.observables import OBSERVED, check_observed
    from analysis.who.outcomes import GOALS
    from analysis.who.policy_tree import MOST_DEPTH
    from analysis.who.tailor import Lessons, tailor
    from sim.problems import one_of

    problems: list[Problem] = []
    prices = _prices(given, problems)
    problems += [one_of("--goal", goal, GOALS) for goal in goals if goal not in GOALS]
    if given["depth"] not in [str(depth) for depth in range(1, MOST_DEPTH + 1)]:
        problems.append(Problem("--depth", given["depth"], Say(f"1 .. {MOST_DEPTH}", f"1 .. {MOST_DEPTH}")))
    observed: Sequence[str] = OBSERVED
    if given["observe"] is not None:
        observed = [name.strip() for name in given["observe"].split(",")]
        problems += check_observed(observed)
    made = ready(scenarios, given["against"], given, problems)
    assert prices is not None
    lessons = {goal: Lessons(made.plan, goal) for goal in goals}

    def take(seen: Seen) -> None:
        for lesson in lessons.values():
            lesson.take(seen)

    rules: dict[str, Tailored] = {}
    with living(context) as progress:
        found = who(made.plan, progress=progress, workers=made.workers, also=take)
    for goal in goals if given["tailor"] else ():
        with living(context) as progress:
            rules[goal] = tailor(
                made.plan,
                lessons[goal],
                goal,
                prices,
                observed=observed,
                depth=int(given["depth"]),
                progress=progress,
                workers=made.workers,
            )
    store(made, found.result, "who")
    for rule in rules.values():
        if rule.result is not None:
            store(made, rule.result, "who")
    return made, found, rules


def _prices(given: dict[str, Any], problems: list[Problem]) -> Prices | None:
    from analysis.cost.prices import read_prices

    try:
        return read_prices(given["given_prices"], Path(given["price_file"]) if given["price_file"] else None)
    except InputError as error:
        problems += error.problems
        return None


def _files(context: click.Context, made: Ready, found: Who, rule: Tailored | None, given: dict[str, Any]) -> list[Path]:
    from analysis.who.tables import rule_comments, who_csv, who_records

    lang = language(context)

    def write(folder: Path) -> list[Path]:
        paths = [folder / "who.csv"]
        paths[0].write_text(who_csv(list(who_records(found, lang))), encoding="utf-8")
        if rule is not None and rule.scenario is not None:
            sides = [side.scenario for side in made.plan.sides]
            comments = rule_comments(rule, sides, found.result.run_id, lang)
            paths.append(folder / f"{rule.scenario.name}.toml")
            text = "".join(f"# {line}\n" for line in comments) + rule.scenario.text
            paths[-1].write_text(text, encoding="utf-8")
        if given["figures"]:
            from analysis.figures import style
            from analysis.who.figures import draw_who

            for scenario in found.result.scenarios[1:]:
                drawing = draw_who(found, scenario, given["goal"], lang)
                paths += style.save(drawing.figure, folder, f"{drawing.name}_{lang}")
        return paths

    return files_of(context, made, found.result, write)


def _json(found: Who, rule: Tailored | None, files: Sequence[Path], lang: str) -> dict[str, Any]:
    from analysis.who.tables import tailored_record, who_records

    return {
        "run_id": found.result.run_id,
        "baseline": found.result.scenarios[0],
        "month": found.month,
        "people": found.people,
        "entered_later": found.entered,
        "interval": 0.9,
        "label": found.result.provenance.label[lang],
        "rows": list(who_records(found, lang)),
        "tailored": None if rule is None else tailored_record(rule, lang),
        "files": [str(path) for path in files],
    }


def _print(context: click.Context, found: Who, rule: Tailored | None, files: Sequence[Path], goal: str) -> None:
    from analysis.who.tables import contrast_line, gain_table, who_table, worth_of

    lang = language(context)
    for scenario in found.result.scenarios[1:]:
        title, headers, rows = who_table(found, scenario, goal, lang)
        print_table(headers, rows, title=title)
        say(context, contrast_line(found, scenario, goal))
        click.echo("")
    size = worth_of(goal)
    say(
        context,
        Say(
            f"better or worse off: the same person, the same luck, {size.en}; no trial can see this",
            f"beter of slechter af: dezelfde persoon, hetzelfde toeval, {size.nl}; geen proef kan dit zien",
        ),
    )
    if found.entered:
        later = found.entered
        say(
            context,
            Say(f"{later} people entered later and are not counted", f"{later} mensen kwamen later en tellen niet mee"),
        )
    if rule is not None:
        _print_rule(context, rule)
        if rule.scenario is not None:
            title, headers, rows = gain_table(rule, lang)
            print_table(headers, rows, title=title)
            path = next(path for path in files if path.suffix == ".toml")
            say(context, Say(f"the rule as a scenario: {path}", f"de regel als scenario: {path}"))
    label_lines(context, found.result, {name: found.label(name) for name in found.result.scenarios[1:]})
    if rule is not None and rule.result is not None:
        tested = rule.result.run_id
        say(context, Say(f"the rule was tested in run {tested}", f"de regel is getoetst in run {tested}"))
    if files:
        say(context, Say(f"tables and figures: {files[0].parent}", f"tabellen en figuren: {files[0].parent}"))


def _print_rule(context: click.Context, rule: Tailored) -> None:
    from analysis.who.outcomes import OUTCOMES

    lang, goal = language(context), OUTCOMES[rule.goal].text
    click.echo("")
    if rule.scenario is None:
        said = rule.reason
        say(context, Say(f"Tailoring: none ({said.en})", f"Maatwerk: geen ({said.nl})"))
        return
    say(context, Say(f"Tailoring for {goal.en}:", f"Maatwerk voor {goal.nl}:"))
    for when, scenario, share in rule.rules:
        text = when or Say("everybody else", "alle anderen").to(lang)
        click.echo(f"  {text}: {scenario} ({100.0 * share:.0f}%)")
    click.echo("")
