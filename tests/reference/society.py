"""Everybody, month after month: settling, eight phases, caseloads each quarter, a budget each January."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.engine.rows import DRIVES
from sim.parameters import PARAMETERS
from sim.people.columns import FLOWS, STATES, TRAITS
from sim.people.population import Population
from sim.random_numbers import DECISIONS
from sim.regime.schedule import LEVER_ROWS, Schedule
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS, Setting
from tests.reference.arithmetic import left_after_a_month
from tests.reference.beginning import calendar
from tests.reference.ending import benefit, records
from tests.reference.mind import mind
from tests.reference.office import office
from tests.reference.philox import draws
from tests.reference.purse import purse
from tests.reference.search_and_market import market, search

Numbers = dict[str, float]


@dataclass
class ReferenceSociety:
    """The same society as `sim.engine.simulate.Society`, slow and obvious."""

    population: Population
    schedule: Schedule
    setting: Setting
    parameters: list[float]
    seed: int
    place_match: list[float] = field(default_factory=list)
    place_other: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Place everybody and live the settling months under the background with the doors closed."""
        self.p = dict(zip(PARAMETERS, (float(x) for x in self.parameters), strict=True))
        places = len(self.population.municipalities)
        self.place_match = self.place_match or [0.0] * places
        self.place_other = self.place_other or [0.0] * places
        self.capacity = [1.0] * places
        self.paid_before = [0.0] * places
        self.base = [0.0] * places
        self.load = [1.0] * (max(self.population.caseworker.tolist()) + 1)
        self.people = [self.born(i) for i in range(len(self.population))]
        self.in_stock = [person["status"] == 0 for person in self.people]
        self.month = 0
        for t in range(1 - SETTLE_MONTHS, 1):
            self.live(t)
        self.first = self.clients()

    def born(self, i: int) -> Numbers:
        person = {name: float(np.float32(self.population[name][i])) for name in TRAITS}
        person |= {name: float(self.population[name][i]) for name in STATES}
        person |= dict.fromkeys((*FLOWS, *DRIVES, "present"), 0.0)  # until the first month that is lived
        return person

    def run_to(self, month: int) -> None:
        """Live up to the end of `month`."""
        while self.month < month:
            if self.month > 0 and self.month % 3 == 0:
                self.count_clients()
            if self.month > 0 and self.month % 12 == 0:
                self.draw_up_the_budget()
            self.month += 1
            self.live(self.month)

    def live(self, t: int) -> None:
        row = self.setting.table[SETTLE_MONTHS + t - 1].tolist()
        m = dict(zip(MONTH_FIELDS, row, strict=True))
        for i, a in enumerate(self.people):
            if self.population["status"][i] == 3 and t < self.population["entry_month"][i] - SETTLE_MONTHS:
                continue  # whoever enters later settles in the twelve months before
            v = self.levers(i, t)
            u = draws(self.seed, int(self.population.person[i]), t, tuple(DECISIONS))
            where = int(self.population.municipality[i])
            a["place_match"] = self.place_match[where]
            a["place_other"] = self.place_other[where]
            a["place_capacity"] = self.capacity[where]
            a["load"] = self.load[int(self.population.caseworker[i])]
            calendar(a, self.p, m, v)
            office(a, self.p, m, v, u)
            purse(a, self.p, m, v, u)
            mind(a, self.p, m, v, u)
            search(a, self.p, m, v)
            market(a, self.p, m, v, u)
            benefit(a, self.p, m, v, u)
            records(a, self.p, m)

    def levers(self, i: int, t: int) -> Numbers:
        """Where the levers stand; in the settling months everybody is under the background, undrifted."""
        instance = int(self.schedule.instance[i])
        if t >= 1:
            return dict(zip(LEVER_ROWS, self.schedule.table[t - 1, instance].tolist(), strict=True))
        background = self.schedule.plan.base[0, self.schedule.plan.background[instance]].tolist()
        v = dict(zip(LEVER_ROWS, background, strict=False))
        v |= {row: v[row[3:]] for row in LEVER_ROWS if row.startswith("bg_")}
        v["months_to_end"] = v["since_start"] = 999.0
        return v

    def clients(self) -> list[int]:
        counted = [0] * len(self.load)
        for i, a in enumerate(self.people):
            if a["status"] == 0:
                counted[int(self.population.caseworker[i])] += 1
        return counted

    def count_clients(self) -> None:
        """A caseworker whose clients leave gets some of the places filled with others."""
        refill = self.p["budget_loop.refill"]
        for number, (now, first) in enumerate(zip(self.clients(), self.first, strict=True)):
            ratio = now / first if first else 1.0
            load = refill + (1.0 - refill) * ratio
            self.load[number] = load if load > 0.05 else 0.05

    def draw_up_the_budget(self) -> None:
        """Part of what the year saved, against a budget that follows the national key, buys caseworker hours."""
        months = self.setting.table[SETTLE_MONTHS + self.month - 12 : SETTLE_MONTHS + self.month]
        norm = float(months[:, MONTH_FIELDS.index("norm_single")].sum())
        for where in range(len(self.capacity)):
            mine = [i for i, code in enumerate(self.population.municipality.tolist()) if code == where]
            stock = float(sum(self.in_stock[i] for i in mine))
            total = 0.0
            for i in mine:
                total += self.people[i]["benefit_sum"]
            year, self.paid_before[where] = total - self.paid_before[where], total
            budget = stock / 125.0 * self.p["attention.hours"] * 12.0 * self.p["budget_loop.hours_cost"]
            expected = self.expected(mine, stock)
            if self.month == 12:
                scale = expected * norm
                self.base[where] = year / (scale if scale > 1.0 else 1.0)
                continue
            saving = self.base[where] * expected * norm - year
            gain = self.p["budget_loop.reinvest"] * saving / (budget if budget > 1.0 else 1.0)
            if self.p["budget_loop.reinvest"] > 0.0:
                self.capacity[where] = 1.0 if stock == 0 else min(max(1.0 + gain, 0.5), 2.0)

    def expected(self, mine: list[int], stock: float) -> float:
        """Person-months on benefit that the national key expects in the year that ends now."""
        entered = [self.people[i]["entry_month"] for i in mine]
        keep = left_after_a_month(self.p["budget_loop.stock_half_life"])
        fade = left_after_a_month(self.p["budget_loop.new_half_life"])
        lasting = self.p["budget_loop.lasting"]

        def repeated(factor: float, times: int) -> float:
            product = 1.0
            for _ in range(times):
                product *= factor
            return product

        total = 0.0
        for now in range(self.month - 11, self.month + 1):
            total += stock * repeated(keep, now)
            for month in range(1, now + 1):
                number = float(entered.count(month))
                total += number * (lasting + (1.0 - lasting) * repeated(fade, now - month))
        return total
