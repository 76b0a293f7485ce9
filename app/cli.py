"""The command line: a table of commands, loaded only when asked for."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from app.answering.request import FailedRunError
from app.output_folder import NotWrittenError
from sim.problems import InputError, nearest_name

__all__ = ["COMMANDS", "main"]

# name -> (module in app.commands, one line of help); the order is the order of `bijstand --help`.
COMMANDS: dict[str, tuple[str, str]] = {
    "benefit": ("benefit", "the benefit of one household under the law of a date"),
    "law": ("law", "how old the law is, and what the next half-year needs"),
    "budget": ("budget", "budget curve and effective marginal rates"),
    "scenarios": ("scenarios", "list, show, check and write scenario files"),
    "columns": ("lists", "traits and states of people, with unit, range and meaning"),
    "levers": ("lists", "levers of a regime, with unit, range and meaning"),
    "outcomes": ("lists", "outcomes that tables show, with unit and meaning"),
    "run": ("run", "simulate one scenario"),
    "compare": ("compare", "compare scenarios under common random numbers"),
    "project": ("project", "policies over years: longer, stopped, announced; interval and label on each"),
    "dose": ("dose", "the effect against a lever or two: curves and surfaces, support marked"),
    "population": ("population", "list, draw, import and profile populations"),
    "trace": ("one_life", "one person's months, and why each thing happened"),
    "evidence": ("evidence", "what the trials found: list, check, pool, import your own"),
    "trial": ("trial", "simulate a trial as it was run, beside its report"),
    "plan": ("plan", "plan a trial: power, cost, value, 24 against 48 months, protocol"),
    "calibrate": ("calibrate", "fit the mechanisms to what the trials found"),
    "prior": ("prior", "what the priors say of effects, before any trial"),
    "posterior": ("posterior", "what the trials taught: list, show, check, compare, use"),
    "validate": ("validate", "test the calibration: known truths, rows left out, other priors"),
    "ablate": ("ablate", "mechanisms off, one at a time"),
    "who": ("who", "for whom: effects by group, who gains, who loses, a rule that tailors"),
    "cost": ("cost", "accounts per party, break-even, what a budget delivers"),
    "runs": ("runs", "list and show what was run"),
    "council": ("council", "one page for a council: the plan, the answer, for whom, what it costs (also: raad)"),
    "doubt": ("doubt", "the strongest reasons not to believe a number (also: twijfel)"),
    "report": ("report", "write the report of stored runs"),
    "studio": ("studio", "the studio in a browser, on this computer only"),
    "bench": ("bench", "the benchmarks of this machine"),
}

# Dutch names of commands that policy staff use first.
DUTCH: dict[str, str] = {"raad": "council", "twijfel": "doubt"}

_LANGUAGES = ("en", "nl")
# The help by task; a command that stands in none of these comes last.
_TASKS = {
    "Start here": ("compare", "council", "studio", "benefit"),
    "Policies: what, for whom, at what cost": ("scenarios", "run", "project", "dose", "who", "cost", "report", "runs"),
    "People and the law": ("population", "trace", "budget", "law"),
    "Trials and evidence": ("trial", "evidence", "calibrate", "posterior", "validate"),
    "What names mean": ("columns", "levers", "outcomes"),
    "The program itself": ("ablate", "bench"),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used, so that `--help` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        cmd_name = DUTCH.get(cmd_name, cmd_name)
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"app.commands.{COMMANDS[cmd_name][0]}")
        # Three lists share a module and are called by their own names there.
        command: click.Command = getattr(module, cmd_name if COMMANDS[cmd_name][0] == "lists" else "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing anything."""
        left = dict(COMMANDS)
        for title, names in _TASKS.items():
            with formatter.section(title):
                formatter.write_dl([(name, left.pop(name)[1]) for name in names if name in left])
        if left:
            with formatter.section("More"):
                formatter.write_dl([(name, text) for name, (_, text) in left.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--lang",
    type=click.Choice(_LANGUAGES),
    default=lambda: os.environ.get("BIJSTAND_LANG", "en"),
    help="Language of tables, reports and messages.",
)
@click.version_option(package_name="bijstand", message="%(prog)s %(version)s")
@click.pass_context
def bijstand(ctx: click.Context, lang: str) -> None:
    """What if social assistance worked differently?

    Example: bijstand compare regular intensive --people 2000

    Tab completion in bash: eval "$(_BIJSTAND_COMPLETE=bash_source bijstand)"; in zsh: zsh_source, in fish: fish_source.
    """
    ctx.obj = {"lang": lang}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; bad input ends with one message and exit code 2."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(words))


def run(words: Sequence[str]) -> int:
    """Run `words` and return the exit code: 0 success, 1 failure, 2 bad input, 130 interrupted."""
    words = _language_first(words)
    lang = _language(words)
    try:
        result: Any = bijstand.main(args=words, prog_name="bijstand", standalone_mode=False)
    except InputError as error:
        count = len(error.problems)
        head = (
            f"{count} {'probleem' if count == 1 else 'problemen'} met de invoer; er is niets opgeslagen:"
            if lang == "nl"
            else f"{count} {'problem' if count == 1 else 'problems'} with the input; nothing was stored:"
        )
        click.echo("\n".join([head, *(f"  - {problem.to(lang)}" for problem in error.problems)]), err=True)
        return 2
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.UsageError as error:
        click.echo(_usage(error, lang), err=True)
        return 2
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except (FailedRunError, NotWrittenError) as error:
        click.echo(error.text.to(lang), err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("afgebroken" if lang == "nl" else "interrupted", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(("fout: " if lang == "nl" else "error: ") + f"{place}{error.strerror or error}", err=True)
        return 1
    except Exception as error:  # a defect of ours: said in one line, shown whole on request
        if os.environ.get("BIJSTAND_DEBUG"):
            raise
        told = (
            "fout in het programma ({}): {}. Zet BIJSTAND_DEBUG=1 voor het hele verslag en meld het ons."
            if lang == "nl"
            else "a defect of the program ({}): {}. Set BIJSTAND_DEBUG=1 for the whole story and tell us."
        )
        click.echo(told.format(type(error).__name__, error), err=True)
        return 1
    return int(result) if isinstance(result, int) else 0


def _usage(error: click.UsageError, lang: str) -> str:
    """Return one message for a wrong command line, with the nearest valid name."""
    dutch = lang == "nl"
    name = "bijstand" if error.ctx is None else error.ctx.command_path
    near = None
    if isinstance(error, click.NoSuchOption) and error.option_name == "--lang":
        text = "--lang: en of nl" if dutch else "--lang: en or nl"
    elif isinstance(error, click.NoSuchOption):
        options = [] if error.ctx is None else [o for p in error.ctx.command.params for o in p.opts]
        text = ("onbekende optie " if dutch else "unknown option ") + error.option_name
        near = nearest_name(error.option_name, options)
    elif error.ctx is not None and isinstance(error.ctx.command, click.Group) and "No such command" in str(error):
        word = str(error).split("'")[1]
        text = ("onbekende opdracht " if dutch else "unknown command ") + f"'{word}'"
        near = nearest_name(word, error.ctx.command.list_commands(error.ctx))
    elif isinstance(error, click.MissingParameter) and error.param is not None:
        text = ("ontbreekt: " if dutch else "missing: ") + error.param.human_readable_name
    elif dutch and isinstance(error, click.BadOptionUsage):
        text = f"{error.option_name}: hier past geen waarde, of er ontbreekt een"
    elif dutch and isinstance(error, click.BadParameter) and error.param is not None:
        text = f"ongeldige waarde voor {error.param.opts[-1]}: {error.message}"
    elif dutch and "unexpected extra argument" in error.message:
        text = "te veel woorden: " + error.message.rpartition("(")[2].rstrip(")")
    else:
        text = error.format_message().rstrip(".")
    hint = "" if near is None else f" ({'bedoelde u' if dutch else 'did you mean'} '{near}'?)"
    more = f"'{name} --help' {'toont wat kan' if dutch else 'shows what is possible'}"
    return f"{name}: {text}{hint}; {more}"


def _language_first(words: Sequence[str]) -> list[str]:
    """Return `words` with every `--lang en` and `--lang nl` in front, wherever it was typed."""
    first: list[str] = []
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += [word, *left]
            break
        if word == "--lang" and left and left[0] in _LANGUAGES:
            first += [word, left.pop(0)]
        elif word in (f"--lang={lang}" for lang in _LANGUAGES):
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def _language(words: Sequence[str]) -> str:
    found = os.environ.get("BIJSTAND_LANG", "en")
    for word, after in zip(words, [*words[1:], ""], strict=False):
        if word == "--lang":
            found = after
        elif word.startswith("--lang="):
            found = word.split("=", 1)[1]
    return found


if __name__ == "__main__":
    main()
