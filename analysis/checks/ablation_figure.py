"""Ablation figure: one row per mechanism, one panel per outcome, off minus on."""

from __future__ import annotations

from analysis.checks.ablation import Ablation
from analysis.effects.words import amount, interval, is_share, name_of, number, unit_of
from analysis.figures.style import INK, Drawing, axes_of, line_of, stamp
from sim.parameters import MECHANISMS
from sim.problems import Say

__all__ = ["PANELS", "draw_ablation"]

PANELS = ("on_benefit", "exit_work_ever", "hours_over_12", "income", "stress", "wellbeing")

_KINDS = {
    "level": Say("change in the outcome", "verandering van de uitkomst"),
    "effect": Say("change in the effect of the scenario", "verandering van het effect van het scenario"),
}
_CAPTION = Say(
    "What happens to outcomes at {0} months under '{1}' when one mechanism is switched off",
    "Wat er na {0} maanden onder '{1}' met de uitkomsten gebeurt als één mechanisme uit staat",
)


def draw_ablation(found: Ablation, lang: str) -> Drawing:
    """Draw the last month of interest; the mechanisms that move the most exits stand on top."""
    month = found.months[-1]
    panels = [name for name in PANELS if name in found.measures] or list(found.measures[:6])
    order = sorted(found.mechanisms, key=lambda name: -abs(found.row(name, "level", panels[0], month).change))
    rows = -(-len(panels) // 3)
    columns = min(len(panels), 3)
    with axes_of(11.0, 1.2 + rows * (0.9 + 0.2 * len(order)), rows, columns, sharey=True) as (figure, axes):
        for place, measure in enumerate(panels):
            panel = axes[place]
            panel.axvline(0.0, color=INK, linewidth=1.0)
            panel.grid(visible=True, axis="x")
            panel.grid(visible=False, axis="y")
            scale = 100.0 if is_share(measure) else 1.0
            for which, kind in enumerate(found.kinds):
                line = line_of(which + 1)
                for height, name in enumerate(order):
                    row = found.row(name, kind, measure, month)
                    panel.errorbar(
                        [row.change * scale],
                        [height + (0.17 if which else -0.17) * (len(found.kinds) - 1)],
                        xerr=[[max(row.change - row.low, 0.0) * scale], [max(row.high - row.change, 0.0) * scale]],
                        color=line.colour,
                        marker=line.marker,
                        markersize=3.5,
                        capsize=1.5,
                        elinewidth=1.1,
                        label=_KINDS[kind].to(lang) if height == 0 else None,
                    )
            panel.set_title(name_of(measure, lang))
            panel.set_xlabel(unit_of(measure, lang, difference=True))
            panel.xaxis.set_major_formatter(lambda x, _: number(x, 2 if abs(x) < 1 else 1, lang))
            panel.set_yticks(range(len(order)), [MECHANISMS[name].title.to(lang) for name in order])
            panel.set_ylim(len(order) - 0.5, -0.5)
        for unused in axes[len(panels) :]:
            unused.set_visible(False)
        handles, texts = axes[0].get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside upper left", ncols=len(texts))
        bars = Say("bars: 90% intervals; off minus on", "balken: 90%-marges; uit min aan").to(lang)
        stamp(figure, [found.label.to(lang).upper(), bars, f"run {found.run_id}"])
    caption = _CAPTION.to(lang).format(month, found.title.to(lang))
    return Drawing("ablation", caption, _alt(found, order, panels[0], month, lang), figure)


def _alt(found: Ablation, order: list[str], measure: str, month: int, lang: str) -> str:
    parts = []
    for name in order:
        row = found.row(name, "level", measure, month)
        change = amount(row.change, measure, lang, difference=True)
        ends = interval(row.low, row.high, measure, lang, difference=True)
        parts.append(f"{MECHANISMS[name].title.to(lang)} {change} ({ends})")
    return f"{name_of(measure, lang)}, {unit_of(measure, lang, difference=True)}: " + "; ".join(parts) + "."
