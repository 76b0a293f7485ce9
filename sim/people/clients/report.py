"""The profile as one page of HTML, in Dutch or English: no script, no link, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["report_html"]

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;margin:1rem 0 2rem}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}"
    "th,td{padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ddd;text-align:right;font-weight:400}"
    "th:first-child,td:first-child{text-align:left}thead th{font-weight:600}.note{color:#555}"
)

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Profile of an imported population", "Profiel van een geïmporteerde populatie"),
    "rows": ("Rows of the file", "Rijen van het bestand"),
    "read": ("read", "gelezen"),
    "kept": ("kept", "behouden"),
    "refused": ("refused", "geweigerd"),
    "why": ("Why rows were refused", "Waarom rijen geweigerd zijn"),
    "reason": ("column: what was expected", "kolom: wat verwacht werd"),
    "imputed": ("What was filled in", "Wat is aangevuld"),
    "column": ("column", "kolom"),
    "how": ("how", "hoe"),
    "drawn": ("drawn from", "getrokken uit"),
    "constant": ("set to", "vastgezet op"),
    "everybody": ("everybody", "iedereen"),
    "filled": ("filled in", "aangevuld"),
    "distribution": ("Who they are", "Wie het zijn"),
    "people": ("people", "mensen"),
    "share": ("share", "aandeel"),
    "amounts": ("Averages", "Gemiddelden"),
    "mean": ("mean", "gemiddelde"),
    "quartiles": ("quartiles (rounded)", "kwartielen (afgerond)"),
    "difference": ("standardised difference", "gestandaardiseerd verschil"),
    "by": ("By", "Naar"),
    "group": ("group", "groep"),
    "hidden": (
        "· = not shown: a group under {n}, or a group from which one could be worked out. "
        "Filled-in values are modelled, not observed.",
        "· = niet getoond: een groep onder {n}, of een groep waaruit die te berekenen is. "
        "Aangevulde waarden zijn geschat, niet waargenomen.",
    ),
    "privacy": ("Made on this machine; nothing was sent anywhere.", "Gemaakt op deze computer; er is niets verstuurd."),
}


def report_html(profile: Mapping[str, Any], lang: str) -> str:
    """Return the page of a profile (`client_profile.profile`) in `lang` ('nl' or 'en')."""
    return _Page(profile, "nl" if lang == "nl" else "en").html()


class _Page:
    def __init__(self, profile: Mapping[str, Any], lang: str) -> None:
        self.profile = profile
        self.lang = lang
        self.other = profile["compared_with"]
        self.filled = {one["column"] for one in profile["imputed"] if one["all"]}

    def word(self, name: str) -> str:
        return _WORDS[name][self.lang == "nl"]

    def title(self, entry: Mapping[str, Any]) -> str:
        text = str(entry["text"][self.lang])
        return f"{text} ({self.word('filled')})" if entry["column"] in self.filled else text

    def html(self) -> str:
        title = escape(f"{self.word('title')}: {self.profile['name']}")
        body = "\n".join(
            [
                f"<h1>{title}</h1>",
                f"<p>{escape(self.profile['label'][self.lang])}; {escape(self.profile['start'])}; "
                f"{self.word('people')}: {self.number(self.profile['people'])}; "
                f"id {escape(self.profile['digest'][:12])}</p>",
                f'<p class="note">{escape(self.word("hidden").format(n=self.profile["smallest_group"]))} '
                f"{escape(self.word('privacy'))}</p>",
                *self.reading(),
                f"<h2>{self.word('distribution')}</h2>",
                *(self.distribution(one) for one in self.profile["distributions"]),
                *self.amounts(),
                *(self.by_group(one) for one in self.profile["by_group"]),
            ]
        )
        return (
            f'<!doctype html>\n<html lang="{self.lang}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
        )

    def number(self, value: float | None) -> str:
        if value is None:
            return "·"
        text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
        return text if self.lang == "en" else text.translate(str.maketrans(",.", ".,"))

    def percent(self, value: float | None) -> str:
        if value is None:
            return "·"
        text = f"{100 * value:.1f}%"
        return text if self.lang == "en" else text.replace(".", ",")

    def table(self, caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
        body = "".join(
            f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(one)}</td>" for one in rest) + "</tr>\n"
            for first, *rest in rows
        )
        return (
            f"<table><caption>{escape(caption)}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"
        )

    def reading(self) -> list[str]:
        rows = self.profile["rows"]
        parts = [
            self.table(
                self.word("rows"),
                ["", self.word("people")],
                [(self.word(name), self.number(rows[name])) for name in ("read", "kept", "refused")],
            )
        ]
        if self.profile["refused"]:
            parts.append(
                self.table(
                    self.word("why"),
                    [self.word("reason"), self.word("rows")],
                    [(one["text"][self.lang], self.number(one["rows"])) for one in self.profile["refused"]],
                )
            )
        if self.profile["imputed"]:
            entries = [
                (
                    one["column"],
                    f"{self.word(one['how'])} {one['by']}",
                    self.word("everybody") if one["all"] else self.number(one["rows"]),
                )
                for one in self.profile["imputed"]
            ]
            heads = [self.word("column"), self.word("how"), self.word("people")]
            parts.append(self.table(self.word("imputed"), heads, entries))
        return parts

    def distribution(self, one: Mapping[str, Any]) -> str:
        heads = [self.word("group"), self.word("people"), self.word("share")]
        rows = [
            [cell["group"][self.lang], self.number(cell["people"]), self.percent(cell["share"])]
            + ([self.percent(cell["compared"])] if self.other else [])
            for cell in one["groups"]
        ]
        return self.table(self.title(one), heads + ([self.other] if self.other else []), rows)

    def amounts(self) -> list[str]:
        heads = ["", self.word("mean"), self.word("quartiles")]
        heads += [self.other, self.word("difference")] if self.other else []
        rows = [
            [
                self.title(one),
                self.number(one["mean"]),
                " | ".join(self.number(part) for part in one["quartiles"]),
                *(
                    [self.number(one["compared_mean"]), self.number(one["standardised_difference"])]
                    if self.other
                    else []
                ),
            ]
            for one in self.profile["amounts"]
        ]
        return [self.table(self.word("amounts"), heads, rows)] if rows else []

    def by_group(self, one: Mapping[str, Any]) -> str:
        groups = [cell["group"][self.lang] for cell in one["groups"]]
        rows = [[self.word("people"), *(self.number(cell["people"]) for cell in one["groups"])]]
        rows += [[self.title(entry), *(self.percent(value) for value in entry["shares"])] for entry in one["shares"]]
        rows += [[self.title(entry), *(self.number(value) for value in entry["means"])] for entry in one["means"]]
        return self.table(f"{self.word('by')} {self.title(one)}", ["", *groups], rows)
