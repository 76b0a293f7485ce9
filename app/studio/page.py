"""Templates and what they call: texts, numbers and charts in the language of the page."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import Any
from urllib.parse import unquote_plus

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse

from analysis.effects import words
from app.studio import charts
from app.studio import question as questions
from app.studio.words import GROUPS, T
from sim.people import recipe
from sim.problems import Say
from sim.regime.levers import LEVERS

__all__ = ["render"]

_BLANK: dict[str, Any] = {"problems": [], "answer": None, "address": "", "question": None, "refine": False}
VIEWS = ("ask", "budget", "evidence", "calibration", "plan", "runs")


class _Language(Convertor[str]):
    regex = "nl|en"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Change(_Language):
    regex = "rename|verify|resume"


register_url_convertor("lang", _Language())
register_url_convertor("change", _Change())


def render(request: Request, name: str, status: int = 200, /, **given: Any) -> HTMLResponse:
    """Return a page or fragment; `t(key)` gives a text in the language of the address."""
    lang = request.path_params.get("lang", request.app.state.studio.settings.lang)
    page = _environment().get_template(name)
    path, query = request.url.path, request.url.query
    other = f"/{'en' if lang == 'nl' else 'nl'}" + path[3:] + (f"?{query}" if query else "")
    shared = {"lang": lang, "t": partial(_text, lang), "other": other, "path": path, "view": path[4:].split("/")[0]}
    return HTMLResponse(page.render(shared | _BLANK | given), status)


def _text(lang: str, key: str, **parts: object) -> str:
    return T[key].to(lang).format(**parts) if parts else T[key].to(lang)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("app.studio"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        levers=LEVERS,
        groups=GROUPS,
        letters=questions.LETTERS,
        starts=questions.starts,
        value_of=questions.value_of,
        title_of=questions.title_of,
        populations=_populations,
        views=VIEWS,
        chart=_chart,
        amount=_amount,
        interval=_interval,
        measure=_measure,
        unit=_unit,
        moved=_moved,
        step=_step,
        forest_plot=_forest,
        budget_chart=_budget_chart,
        number=_number,
    )
    made.filters.update(say=_say, unquote=unquote_plus)
    return made


@pass_context
def _say(context: Context, text: Say | dict[str, str]) -> str:
    lang = context["lang"]
    return text.to(lang) if isinstance(text, Say) else text[lang]


@cache
def _populations() -> tuple[tuple[str, Say], ...]:
    return tuple((name, recipe.read(name).title) for name in recipe.names())


@pass_context
def _measure(context: Context, name: str) -> str:
    return words.name_of(name, context["lang"])


@pass_context
def _unit(context: Context, name: str, difference: bool = True) -> str:
    return words.unit_of(name, context["lang"], difference=difference)


@pass_context
def _amount(context: Context, value: float, name: str, difference: bool = True) -> str:
    return words.amount(value, name, context["lang"], difference=difference)


@pass_context
def _interval(context: Context, low: float, high: float, name: str) -> str:
    return words.interval(low, high, name, context["lang"], difference=True)


def _step(lever: Any) -> str:
    """Return the step of a slider: whole, or a hundredth of the span in a round number."""
    if lever.whole:
        return "1"
    raw = (lever.high - lever.low) / 100
    return f"{10 ** math.floor(math.log10(raw)):g}"


@pass_context
def _moved(context: Context, side: Any) -> list[tuple[str, str, str, str]]:
    """Return the levers that were moved: name, value, what it was, unit."""
    lang = context["lang"]
    ready = questions.Side(side.start)
    return [
        (
            LEVERS[name].text.to(lang),
            words.number(value, 2 if value % 1 else 0, lang),
            words.number(was, 2 if was % 1 else 0, lang),
            LEVERS[name].unit,
        )
        for name, value in side.levers.items()
        for was in [questions.value_of(ready, LEVERS[name])]
    ]


@pass_context
def _number(context: Context, value: float | None, decimals: int = 0) -> str:
    return "" if value is None else words.number(value, decimals, context["lang"])


@pass_context
def _forest(context: Context, found: Any, measure: str) -> Markup:
    lang = context["lang"]
    together = {"en": "together", "nl": "samen"}[lang]
    rows = [
        (f"{each['town'].capitalize()}", each["estimate"], each["low"], each["high"], each["direction"])
        for each in found["towns"]
    ]
    rows.append((together, found["mean"], found["low"], found["high"], 0))
    title = words.name_of(found["measure"], lang)
    return Markup(
        charts.forest(
            rows,
            title=f"{title} ({words.unit_of(found['measure'], lang, difference=True)})",
            write=lambda value: words.amount(value, found["measure"], lang, difference=True),
        )
    )


@pass_context
def _budget_chart(context: Context, answer: Any, question: Any) -> Markup:
    lang = context["lang"]
    names = {
        letter: questions.title_of(side, letter, lang)
        for side, letter in zip(question.sides, questions.LETTERS, strict=False)
    }
    series = {letter: [net, net, net] for letter, net in zip(names, answer["net"], strict=True)}
    axis = _text(lang, "net_income")
    text = "; ".join(f"{name}: {words.number(series[letter][0][-1], 0, lang)}" for letter, name in names.items())
    return Markup(
        charts.lines(
            series,
            answer["earnings"],
            title=axis,
            text=text,
            names=names,
            axis=axis,
            write=lambda value: words.number(value, 0, lang),
            marks=[0, 500, 1000, 1500, 2000],
            width=560,
        )
    )


@pass_context
def _chart(context: Context, answer: Any, question: Any, measure: str) -> Markup:
    lang = context["lang"]
    names = {
        name: questions.title_of(side, letter, lang)
        for name, side, letter in zip(answer["scenarios"], question.sides, questions.LETTERS, strict=False)
    }
    title = f"{words.name_of(measure, lang)} ({words.unit_of(measure, lang)})"
    text = "; ".join(
        f"{names[name]}: {words.amount(mean[-1], measure, lang)}"
        for name, (mean, _, _) in answer["paths"][measure].items()
    )
    last = answer["months"][-1]
    return Markup(
        charts.lines(
            answer["paths"][measure],
            answer["months"],
            title=title,
            text=f"{_text(lang, 'after', months=last)}: {text}",
            names=names,
            axis=title,
            write=lambda value: words.amount(value, measure, lang),
        )
    )
