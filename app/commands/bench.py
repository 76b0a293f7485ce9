"""`bijstand bench`: the benchmarks of this machine."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from app.terminal.output import language, note, print_json, print_table
from sim.problems import InputError, Problem, Say

__all__ = ["command"]


@click.command(name="bench")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
@click.option("--quick", is_flag=True, help="Small sizes: two minutes.")
@click.option("--warm", is_flag=True, help="Only compile the month for this processor, if needed.")
@click.option("--plan", is_flag=True, help="Only what the largest run would cost here: the Netherlands for ten years.")
@click.option("--json", "as_json", is_flag=True, help="Print the measurements as JSON.")
@click.pass_context
def command(context: click.Context, /, out: Path | None, quick: bool, warm: bool, plan: bool, as_json: bool) -> None:
    """Time the society as Mesa objects, in NumPy and in the engine, and hold it against the bars.

    With --out, writes benchmark.json, benchmark.md and the figure. A full run takes about twenty-five
    minutes, most of them of the million Mesa objects.

    Example: bijstand bench --quick
    """
    if warm:
        from sim.engine.kernel import warm as compile_month

        said = Say("compiled", "gecompileerd") if compile_month() else Say("compiled already", "was al klaar")
        click.echo(said.to(language(context)))
        return
    if plan:
        _plan(context, as_json)
        return
    bench = _bench()
    found = bench(quick=quick, say=lambda text: note(context, Say(text, text)))
    if out is not None:
        _write(found, out)
    if as_json:
        print_json(found)
        return
    print_table(*_sizes(found))
    click.echo()
    print_table(*_bars(found))
    click.echo()
    print_table(*_variants(found))
    click.echo()
    click.echo(_roofline(found))
    if out is not None:
        click.echo(f"{out / 'benchmark.md'}")


def _plan(context: click.Context, as_json: bool) -> None:
    """Tell what the country over ten years would cost on this machine."""
    _benchmarks()
    from benchmarks.large import plan_of_the_country

    found = plan_of_the_country()
    if as_json:
        print_json(found)
        return
    here = found["hours_here"]
    memory = _short(found["memory_gb"])
    click.echo(
        Say(
            f"The Netherlands: {found['asked']:,} people asked, {found['lived']:,} lived with inflow, "
            f"{found['months']} months, {found['draws']} draws x {found['seeds']} seeds x {found['regimes']} regimes = "
            f"{found['societies']} societies.\n{found['cpu_hours']:.2f} CPU hours, {here:.2f} hours on "
            f"{found['cores']} cores, about {memory} GB of memory; {found['ns_per_person_month']:.0f} ns per person "
            f"and month (measured now at load {found['load']:.1f}; extrapolated in proportion to people).",
            f"Nederland: {found['asked']} mensen gevraagd, {found['lived']} geleefd met instroom, {found['months']} "
            f"maanden, {found['draws']} trekkingen x {found['seeds']} herhalingen x {found['regimes']} regimes = "
            f"{found['societies']} samenlevingen.\n{found['cpu_hours']:.2f} CPU-uren, {here:.2f} uur op "
            f"{found['cores']} kernen, ongeveer {memory} GB geheugen; "
            f"{found['ns_per_person_month']:.0f} ns per persoon en maand "
            f"(nu gemeten, drukte {found['load']:.1f}; doorgerekend naar rato van mensen).",
        ).to(language(context))
    )


def _benchmarks() -> None:
    """Make the folder of benchmarks importable; raise InputError where the program was installed without it."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "benchmarks" / "measure.py").exists():
        allowed = Say("a checkout of the project (with benchmarks/)", "een checkout van het project")
        raise InputError((Problem("bench", "installed without benchmarks", allowed),))
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))


def _bench() -> Any:
    _benchmarks()
    from benchmarks.measure import bench

    return bench


def _sizes(found: Mapping[str, Any]) -> tuple[list[str], list[list[object]]]:
    head = ["people", "engine", "2 threads, clock", "NumPy", "Mesa"]
    head += ["/ Mesa", "/ NumPy", "2 / 1 clock", "2 / 1 CPU"]
    keys = ["engine", "engine_two_threads_wall", "numpy", "mesa", "over_mesa", "over_numpy"]
    keys += ["two_threads_wall", "two_threads_cpu"]
    return head, [[f"{row['people']:,}", *(_short(row[key]) for key in keys)] for row in found["sizes"]]


def _bars(found: Mapping[str, Any]) -> tuple[list[str], list[list[object]]]:
    words = {True: "holds", False: "MISSED", None: "not measured"}
    return ["bar", "bound", "measured", ""], [
        [bar["bar"], f"{bar['sign']} {bar['bound']:g}", _short(bar["measured"]), words[bar["holds"]]]
        for bar in found["bars"]
    ]


def _variants(found: Mapping[str, Any]) -> tuple[list[str], list[list[object]]]:
    kinds = {
        "mesa": "plain Mesa objects",
        "numpy": "vectorised NumPy",
        "engine": "engine, machine code kept",
        "cold": "engine, compiled anew",
    }
    head = ["variant", "bytes per person", "start-up (s)", "start-up, CPU (s)"]
    memory, startup = found["memory"], found["startup"]
    return head, [
        [
            text,
            _short(memory.get(f"{'engine' if kind == 'cold' else kind}_bytes_per_person")),
            _short(startup.get(f"live_{kind}")),
            _short(startup.get(f"live_{kind}_cpu")),
        ]
        for kind, text in kinds.items()
    ]


def _left_out(found: Mapping[str, Any]) -> list[str]:
    sizes = [f"{row['people']:,}" for row in found["sizes"] if row["mesa"] is None]
    return [f"Mesa objects were not run for {' and '.join(sizes)} people.", ""] if sizes else []


def _roofline(found: Mapping[str, Any]) -> str:
    roof = found["roofline"]
    return (
        f"Roofline of one core: {roof['bandwidth_gb_s']:.1f} GB/s and {roof['gflop_s']:.1f} GFLOP/s; "
        f"an agent-month asks {roof['bytes']:.0f} bytes and {roof['steps']:.0f} steps "
        f"({roof['arithmetic']:.0f} of arithmetic, {roof['divisions']:.0f} of them divisions). Bounds: "
        f"{roof['bound_by_memory']:.0f} (memory) and {roof['bound_by_arithmetic']:.0f} (arithmetic) million "
        f"agent-months per second; attained {roof['attained']:.1f} "
        f"({100 * roof['share_of_bound']:.0f}% of the lower bound)."
    )


def _rivals(found: Mapping[str, Any]) -> list[str]:
    """Return what survives against comparators that need not give the same bits, and under the load of commands."""
    if "rivals" not in found:
        return []
    rival = found["rivals"]
    head = ["comparator", "million agent-months per second", "engine is so many times faster"]
    rows: list[list[object]] = [
        [
            "Mesa objects with `math.exp`; what one branch needs is computed in that branch",
            _short(rival["mesa"]),
            _short(rival["over_mesa"]),
        ],
        [
            f"NumPy with `np.exp`, in blocks of {rival['block']:,} (its best)",
            _short(rival["numpy"]),
            _short(rival["over_numpy"]),
        ],
    ]
    runs = [
        f"{each['months']} months: {each['people']:,} people ({each['asked']:,} asked), {each['cpu']:.3g} CPU seconds, "
        f"{each['million_agent_months']:.3g} million agent-months per second"
        for each in found["commands"]
    ]
    first = found["commands"][0]
    return [
        "## As a rival would write them",
        "",
        "The comparators above give the engine's own bits: they bear its exponential and its blocks. Free of that, "
        f"{rival['people']:,} people ({rival['objects']:,} as objects), the same sums to 1e-6:",
        "",
        *_markdown(head, rows),
        "",
        f"As commands run it (the Netherlands, people enter, {first['series']} series for {first['groups']} groups; "
        f"one thread): {'; '.join(runs)}. Agent-months are those lived, from the first settling month on.",
        "",
    ]


def _process(memory: Mapping[str, Any]) -> list[str]:
    value = memory.get("process_bytes_per_person")
    if value is None:
        return []
    return [
        f"A whole process that draws {memory['people']:,} people, lets others enter for 24 months and lives them all: "
        f"{_short(value)} bytes for each person lived.",
        "",
    ]


def _short(value: float | None) -> str:
    return "-" if value is None or not math.isfinite(value) else f"{value:,.3g}" if value < 100 else f"{value:,.0f}"


def _write(found: Mapping[str, Any], out: Path) -> None:
    from analysis.figures.bench import draw_bench

    out.mkdir(parents=True, exist_ok=True)
    (out / "benchmark.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    draw_bench(found, out)
    memory, machine = found["memory"], found["machine"]
    lines = [
        "# Benchmark",
        "",
        f"Written by `bijstand bench --out docs/validation` on {found['made']}; do not edit.",
        "",
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load']:.1f} at the end, "
        f"Python {machine['python']}, NumPy {machine['numpy']}. {found['method'].capitalize()}.",
        "",
        "## Million agent-months per second",
        "",
        *_markdown(*_sizes(found)),
        "",
        *_left_out(found),
        "![benchmark](benchmark.svg)",
        "",
        "## Bars",
        "",
        *_markdown(*_bars(found)),
        "",
        *_rivals(found),
        "## Memory and start-up",
        "",
        *_markdown(*_variants(found)),
        "",
        *_process(memory),
        "Memory: what a run adds at its highest to the population itself, which takes "
        f"{_short(memory['population_bytes_per_person'])} bytes per person. Start-up: a new program "
        "that lives 390 people for 24 months. CPU seconds of commands: "
        f"{_short(found['startup']['help_cpu'])} for `--help`, "
        f"{_short(found['startup']['run_small_cpu'])} for a small run, "
        f"{_short(found['national']['cpu'])} for the national run and "
        f"{_short(found['trials']['cpu'])} for the trials (both over two cores).",
        "",
        "## Roofline",
        "",
        _roofline(found),
        "",
    ]
    (out / "benchmark.md").write_text("\n".join(lines), encoding="utf-8")


def _markdown(head: list[str], rows: list[list[object]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows),
    ]
