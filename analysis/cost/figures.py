"""Cost planes and acceptability curves: what an effect costs, and how sure that it is worth it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.cost.accounts import EFFECTS, PARTIES
from analysis.cost.of_run import Cost
from analysis.effects.validity import LABELS
from analysis.effects.words import number
from analysis.figures.style import GREY, INK, Drawing, axes_of, line_of, stamp
from sim.problems import Say

__all__ = ["draw_acceptability", "draw_cost_paths", "draw_cost_plane"]

_SIDES = ("municipality", "society")
_POINTS = Say("dots: draws of the parameters; ring: mean", "stippen: trekkingen; ring: gemiddelde")


def draw_cost_plane(found: Cost, effect: str, lang: str) -> Drawing:
    """Draw extra effect against extra cost, a dot for each draw, for municipality and society."""
    with axes_of(9.6, 4.6, 1, 2) as (figure, panels):
        for axes, party in zip(panels, _SIDES, strict=True):
            for place, scenario in enumerate(found.scenarios[1:], start=1):
                line = line_of(place)
                gained, spent = found.cloud(scenario, effect, party)
                axes.plot(gained, spent, line.marker, color=line.colour, ms=3.5, alpha=0.5, mew=0)
                axes.plot(
                    [gained.mean()],
                    [spent.mean()],
                    line.marker,
                    color=line.colour,
                    ms=10,
                    mfc="none",
                    mew=2,
                    label=_title(found, scenario, lang),
                )
            axes.axhline(0.0, color=INK, linewidth=1.0)
            axes.axvline(0.0, color=INK, linewidth=1.0)
            for low, high, widen in ((*axes.get_xlim(), axes.set_xlim), (*axes.get_ylim(), axes.set_ylim)):
                span = max(high, 0.0) - min(low, 0.0)
                widen(min(low, -0.25 * span), max(high, 0.25 * span))  # all four corners are there
            _names(axes, lang)
            axes.set_title(PARTIES[party].to(lang))
            axes.set_xlabel(_gain(effect, lang))
            axes.set_ylabel(Say("extra cost (EUR per person)", "extra kosten (euro per persoon)").to(lang))
            _money(axes, lang)
        handles, texts = panels[0].get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside upper left", ncols=min(len(texts), 2))
        stamp(figure, _foot(found, lang, _POINTS.to(lang)))
    caption = Say(
        f"Cost-effectiveness plane against {found.result.title(found.scenarios[0], 'en')}, "
        f"{found.month} months, discounted",
        f"Kosteneffectiviteit ten opzichte van {found.result.title(found.scenarios[0], 'nl')}, "
        f"{found.month} maanden, verdisconteerd",
    ).to(lang)
    return Drawing("cost_plane", caption, _alt_plane(found, effect, lang), figure)


def draw_acceptability(found: Cost, effect: str, lang: str, most: float) -> Drawing:
    """Draw the share of draws in which the effect is worth its cost, against what a unit is worth."""
    worth = np.linspace(0.0, most, 101)
    parts = []
    with axes_of(9.6, 4.2, 1, 2, sharey=True) as (figure, panels):
        for axes, party in zip(panels, _SIDES, strict=True):
            for place, scenario in enumerate(found.scenarios[1:], start=1):
                line = line_of(place)
                share = found.acceptable(scenario, effect, party, worth)
                axes.plot(
                    worth,
                    100.0 * share,
                    color=line.colour,
                    linestyle=line.dash,
                    marker=line.marker,
                    markevery=20,
                    ms=5,
                    label=_title(found, scenario, lang),
                )
                ends = [number(100.0 * float(each), 0, lang) for each in (share[0], share[-1])]
                parts.append(f"{scenario}, {PARTIES[party].to(lang)}: {ends[0]}% - {ends[1]}%")
            axes.set_ylim(-2, 102)
            axes.set_title(PARTIES[party].to(lang))
            axes.set_xlabel(_worth(effect, lang))
            axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x, 0, lang)))
        panels[0].set_ylabel(Say("worth it in % of the draws", "de moeite waard in % van de trekkingen").to(lang))
        handles, texts = panels[0].get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside upper left", ncols=min(len(texts), 2))
        draws = len(found.result.parameters)
        stamp(figure, _foot(found, lang, Say(f"{draws} draws", f"{draws} trekkingen").to(lang)))
    caption = Say("Acceptability curve", "Aanvaardbaarheidscurve").to(lang)
    return Drawing("acceptability", f"{caption}: {_worth(effect, lang)}", "; ".join(parts) + ".", figure)


def draw_cost_paths(found: Cost, lang: str) -> Drawing:
    """Draw the cumulative accounts over the months, with 90% of the draws: where they break even."""
    months = np.arange(1, found.month + 1)
    with axes_of(9.6, 6.4, 2, 2) as (figure, panels):
        for axes, party in zip(panels, PARTIES, strict=True):
            for place, scenario in enumerate(found.scenarios[1:], start=1):
                line = line_of(place)
                # The same recipe as the tables: the band ends in the interval that the account is printed with.
                middle, low, high = found.running(scenario, party)
                axes.fill_between(months, low, high, color=line.colour, alpha=0.14, linewidth=0)
                axes.plot(months, middle, color=line.colour, linestyle=line.dash, label=_title(found, scenario, lang))
            axes.axhline(0.0, color=INK, linewidth=1.0)
            axes.set_title(PARTIES[party].to(lang))
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x, 0, lang)))
        for axes in panels[2:]:
            axes.set_xlabel(Say("months since the start", "maanden sinds de start").to(lang))
        for axes in panels[::2]:
            axes.set_ylabel(Say("EUR per person, summed", "euro per persoon, opgeteld").to(lang))
        handles, texts = panels[0].get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside upper left", ncols=min(len(texts), 2))
        bands = Say("bands: 90% interval", "banden: 90%-marge").to(lang)
        stamp(figure, _foot(found, lang, bands))
    caption = Say("Accounts over time, against the baseline", "Rekeningen in de tijd, ten opzichte van de basis")
    parts = []
    for scenario in found.scenarios[1:]:
        for party in PARTIES:
            net = found.net(scenario, party)
            parts.append(f"{scenario}, {PARTIES[party].to(lang)}: {number(net.mean, 0, lang, signed=True)}")
    return Drawing("cost_paths", caption.to(lang), "; ".join(parts) + ".", figure)


def _title(found: Cost, scenario: str, lang: str) -> str:
    label = LABELS[found.label(scenario).validity].to(lang)
    return f"{found.result.title(scenario, lang)} [{label}]"


def _gain(effect: str, lang: str) -> str:
    each = EFFECTS[effect]
    word = Say("more", "meer") if each.good > 0 else Say("less", "minder")
    return f"{word.to(lang)} {each.text.to(lang)} ({each.unit.to(lang)})"


def _worth(effect: str, lang: str) -> str:
    return Say(
        f"worth in EUR of one unit: {_gain(effect, 'en')}", f"waarde in euro per eenheid: {_gain(effect, 'nl')}"
    ).to(lang)


def _names(axes: Axes, lang: str) -> None:
    """Say in the corners what a corner means."""
    corners = (
        (0.98, 0.98, "right", "top", Say("more effect, dearer", "meer effect, duurder")),
        (0.98, 0.02, "right", "bottom", Say("more effect, cheaper", "meer effect, goedkoper")),
        (0.02, 0.98, "left", "top", Say("less effect, dearer", "minder effect, duurder")),
        (0.02, 0.02, "left", "bottom", Say("less effect, cheaper", "minder effect, goedkoper")),
    )
    for x, y, across, along, text in corners:
        axes.text(
            x, y, text.to(lang), transform=axes.transAxes, ha=across, va=along, fontsize=7.5, color=GREY, style="italic"
        )


def _money(axes: Axes, lang: str) -> None:
    axes.yaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x, 0, lang)))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x, 2, lang)))


def _foot(found: Cost, lang: str, words: str) -> list[str]:
    calibration = found.label(found.scenarios[-1]).calibration.to(lang).upper()
    guessed = any(found.assumed_of(party) for party in _SIDES)
    prices = Say("prices partly assumed", "prijzen deels aangenomen").to(lang) if guessed else ""
    return [calibration, prices, words, f"run {found.result.run_id}"]


def _alt_plane(found: Cost, effect: str, lang: str) -> str:
    parts = []
    for scenario in found.scenarios[1:]:
        for party in _SIDES:
            gained, spent = found.cloud(scenario, effect, party)
            ends = f"{number(float(gained.mean()), 2, lang)}; {number(float(spent.mean()), 0, lang)} EUR"
            parts.append(f"{scenario}, {PARTIES[party].to(lang)}: {ends}")
    return "; ".join(parts) + "."
