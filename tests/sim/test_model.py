"""The Mesa model is the engine, month by month, with Mesa's verbs."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from sim.engine.simulate import Job, Record, simulate
from sim.model import Caseworker, Municipality, Recipient, SocietyModel
from sim.outcomes.measures import HEADLINE
from sim.parameters import defaults
from sim.problems import InputError
from sim.random_numbers import stream
from sim.regime.presets import preset
from sim.setting import make_setting
from tests.reference.people import plain_people, random_people, schedule_of

MONTHS = 15


@pytest.fixture(scope="module")
def lived() -> SocietyModel:
    model = SocietyModel(plain_people(400), "intensive", months=MONTHS)
    model.run_model()
    return model


def test_stepping_gives_the_bits_of_the_engine():
    people = random_people(300, 4, arms=2)
    job = Job(defaults(), schedule_of(people, preset("intensive"), preset("disregard"), months=MONTHS), stream("x"))
    setting = make_setting(people.start, MONTHS)
    record = Record(series=HEADLINE, snapshots=(MONTHS,), columns=("stress", "hours", "contacts", "buffer"))
    outcome = simulate(people, [job], setting, record)[0]
    model = SocietyModel(people, job=job, setting=setting)
    model.run_model()
    frame = model.datacollector.get_model_vars_dataframe()
    assert np.array_equal(frame.to_numpy(), outcome.means()[:, 0])
    assert tuple(frame.columns) == HEADLINE
    for number, name in enumerate(record.columns):
        assert np.array_equal(model.recipients.get(name), outcome.snapshots[0, number])


def test_mesa_s_clock_runs_along_and_stops(lived):
    assert (lived.month, lived.steps, lived.running) == (MONTHS, MONTHS, False)
    lived.step()
    assert lived.month == MONTHS
    assert np.isnan(SocietyModel(plain_people(5), months=2).mean("stress"))


def test_the_engine_s_chance_is_not_mesa_s():
    models = [SocietyModel(plain_people(200), months=6) for _ in range(2)]
    models[0].random.seed(9)
    models[0].rng.random(100)
    for model in models:
        model.run_model()
    frames = [model.datacollector.get_model_vars_dataframe() for model in models]
    assert frames[0].equals(frames[1])
    other = SocietyModel(plain_people(200), months=6, luck=2)
    other.run_model()
    assert not other.datacollector.get_model_vars_dataframe().equals(frames[0])


def test_offices_are_agents_with_live_numbers(lived):
    towns, desks = (lived.agents_by_type[kind] for kind in (Municipality, Caseworker))
    assert isinstance(towns, type(lived.agents))
    assert towns.get("name") == ["somewhere"]
    assert len(desks) == 4
    on_benefit = int((lived.recipients.status < 0.5).sum())
    assert sum(desks.get("caseload")) == towns.agg("on_benefit", sum) == on_benefit
    assert towns.get("capacity") == [lived.society.capacity[-1][0]]
    assert 0.0 < lived.society.capacity[-1][0] <= 2.0  # within the town's own budget it need not move in a year
    assert [len(desk.recipients) for desk in desks] == [125, 125, 125, 25]
    assert all(desk.quality == desk.recipients.quality[0] for desk in desks)
    assert any(load != 1.0 for load in desks.get("load"))


def test_recipients_answer_mesa_s_verbs_as_an_agent_set_would(lived):
    people = lived.recipients
    working = people.select(lambda each: each.hours > 8)
    plain = [person for person in people if person.hours > 8]
    assert [person.unique_id for person in working] == [person.unique_id for person in plain]
    assert 0 < len(working) < len(people) == people.count() == 400
    assert working.get("hours").tolist() == [person.hours for person in plain]
    assert people.get(["stress", "trust"]).shape == (400, 2)
    assert people.agg("stress", [np.min, np.max]) == [min(people.stress), max(people.stress)]
    groups = people.groupby("household")
    assert sum(groups.count().values()) == 400
    means = groups.agg("income", np.mean)
    assert means[2.0] == people.select(lambda each: each.household == 2.0).agg("income", np.mean)
    assert set(people.groupby(lambda each: each.age > 40, "list").groups) == {False, True}
    assert people.select(at_most=0.5)[0].unique_id == people[0].unique_id
    assert len(people.select(at_most=0.5)) == 200
    assert len(people.select(at_most=3)) == 3
    assert set(people.regime) == {"intensive"}
    assert people.wml_over_70.dtype == float


def test_unknown_columns_are_refused_with_the_nearest_name(lived):
    with pytest.raises(InputError, match="stress") as caught:
        lived.recipients.get("stres")
    assert str(caught.value).count("applications") == 1
    with pytest.raises(AttributeError):
        _ = lived.recipients[0].stres
    with pytest.raises(InputError):
        lived.mean("stres")
    with pytest.raises(InputError):
        SocietyModel(plain_people(3), measures=("stres",))
    assert lived.recipients.get("stres", "default", 7).tolist() == [7] * 400


def test_everything_wrong_with_a_model_is_told_at_once():
    with pytest.raises(InputError) as caught:
        SocietyModel(plain_people(3), "intensief", months=0, luck=-1, measures=("stres", "trus"))
    assert [problem.path for problem in caught.value.problems] == ["measures", "measures", "regime", "luck", "months"]


def test_a_set_is_narrowed_and_asked_as_mesa_s_is(lived):
    people = lived.recipients.select(at_most=50)
    assert repr(people) == "Recipients(50)"
    assert people[:2] == [people[0], people[1]] == list(people)[:2]
    assert people[3] in people
    assert people[3] != people[4]
    assert len({*people, *people}) == 50
    assert people.select(lambda each: each.age > 40, inplace=True) is people
    assert 0 < len(people) < 50
    assert len(people.select(agent_type=Municipality)) == 0 < len(people.select(agent_type=Recipient))


def test_a_filter_per_person_a_number_below_0_and_a_wrong_word_are_refused(lived):
    people = lived.recipients
    for wrong in (lambda each: [True, False], lambda each: each.hours, lambda each: True):
        with pytest.raises(InputError, match="400 truth values"):
            people.select(wrong)
    with pytest.raises(InputError, match="at_most"):
        people.select(at_most=-3)
    with pytest.raises(InputError, match="handle_missing"):
        people.get("stress", "defualt")


def test_models_do_not_pile_up_in_memory():
    """Mesa 3.3 keeps every model that had an agent in a class-level table."""
    gone = weakref.ref(SocietyModel(plain_people(20), months=2))
    gc.collect()
    assert gone() is None
