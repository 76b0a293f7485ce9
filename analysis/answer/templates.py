"""Every sentence that an answer can say, in both languages: one idea each, in words that a council knows.

Slots: {verb}{rest} of the outcome, {t} time in words, {n} a number, {lo} {hi} its range, {a} less and {b} more,
{dir} more or fewer. Readability and forbidden words are tested per template (`analysis.answer.readability`).
"""

from __future__ import annotations

from sim.problems import Say

__all__ = ["TEMPLATES", "say"]

TEMPLATES: dict[str, Say] = {
    # The verdict, in words whose strength comes from the trials, never from the width of an interval.
    "gain_strong": Say("Yes.", "Ja."),
    "gain_fair": Say("Probably yes.", "Waarschijnlijk wel."),
    "gain_weak": Say("Perhaps.", "Misschien wel."),
    "harm_strong": Say("No. It gets worse.", "Nee. Het wordt slechter."),
    "harm_fair": Say("Probably not. It rather gets worse.", "Waarschijnlijk niet. Het wordt eerder slechter."),
    "harm_weak": Say("Perhaps it gets worse.", "Misschien wordt het slechter."),
    "unclear": Say("We cannot tell.", "Dat is niet te zeggen."),
    "little": Say("It makes little or no difference.", "Het maakt weinig of niets uit."),
    "zero": Say("Nothing changes.", "Er verandert niets."),
    "outside": Say("This was never tried.", "Dat is nooit geprobeerd."),
    "unmeasured": Say("This was never measured.", "Dat is nooit gemeten."),
    "unknown": Say("This was not computed precisely enough.", "Dit is niet nauwkeurig genoeg uitgerekend."),
    "needed_seeds": Say("Compute it at least twice.", "Reken het ten minste twee keer uit."),
    "needed": Say("Compute it at least {n} times.", "Reken het ten minste {n} keer uit."),
    "hidden": Say("Too few people to say anything.", "Te weinig mensen om iets te zeggen."),
    # How much.
    "size": Say(
        "In every 1,000 people, about {n} {dir} {rest} after {t} ({lo} to {hi}).",
        "Van elke 1.000 mensen {verb} er na {t} ongeveer {n} {dir}{rest} ({lo} tot {hi}).",
    ),
    "size_unclear": Say(
        "In every 1,000 people, perhaps {a} fewer {rest} after {t}, perhaps {b} more. So no difference can be seen.",
        "Van elke 1.000 mensen {verb} er na {t} misschien {a} minder{rest}, misschien {b} meer. "
        "Een verschil is dus niet te zien.",
    ),
    "size_little": Say(
        "In every 1,000 people, at most {a} fewer or {b} more {rest} after {t}.",
        "Van elke 1.000 mensen {verb} er na {t} hooguit {a} minder of {b} meer{rest}.",
    ),
    "size_outside_first": Say(
        "The model can compute a number. But that number comes from assumptions, not from a trial.",
        "Het model kan wel een getal uitrekenen. Maar dat getal komt uit aannames, niet uit een proef.",
    ),
    "size_outside": Say(
        "In every 1,000 people, perhaps {a} fewer {rest} after {t}, or {b} more.",
        "Van elke 1.000 mensen {verb} er na {t} misschien {a} minder{rest}, of {b} meer.",
    ),
    "euros": Say(
        "People have {n} euros a month {dir} on average ({lo} to {hi}).",
        "Mensen houden gemiddeld {n} euro per maand {dir} over ({lo} tot {hi}).",
    ),
    "euros_unclear": Say(
        "People have perhaps {a} euros a month less, perhaps {b} more. So no difference can be seen.",
        "Mensen houden per maand misschien {a} euro minder over, misschien {b} meer. Een verschil is dus niet te zien.",
    ),
    "euros_little": Say(
        "People have at most {a} euros a month less or {b} more.",
        "Mensen houden per maand hooguit {a} euro minder of {b} euro meer over.",
    ),
    "euros_outside": Say(
        "People have perhaps {a} euros a month less, or {b} more.",
        "Mensen houden per maand misschien {a} euro minder over, of {b} meer.",
    ),
    "life": Say(
        "People rate their life {n} {dir}, from 0 to 10 ({lo} to {hi}).",
        "Mensen geven hun leven een {n} {dir} cijfer, van 0 tot 10 ({lo} tot {hi}).",
    ),
    "score": Say(
        "The score for {what} is {n} {dir}, from 0 to {scale} ({lo} to {hi}).",
        "De score voor {what} is {n} {dir}, van 0 tot {scale} ({lo} tot {hi}).",
    ),
    "score_unclear": Say(
        "The score for {what} is perhaps {a} lower, perhaps {b} higher, from 0 to {scale}. "
        "So no difference can be seen.",
        "De score voor {what} is misschien {a} lager, misschien {b} hoger, van 0 tot {scale}. "
        "Een verschil is dus niet te zien.",
    ),
    "score_little": Say(
        "The score for {what} is at most {a} lower or {b} higher, from 0 to {scale}.",
        "De score voor {what} is hooguit {a} lager of {b} hoger, van 0 tot {scale}.",
    ),
    "score_outside": Say(
        "The score for {what} is perhaps {a} lower, or {b} higher, from 0 to {scale}.",
        "De score voor {what} is misschien {a} lager, of {b} hoger, van 0 tot {scale}.",
    ),
    "other": Say(
        "On average it is {n} {what} {dir} ({lo} to {hi}).", "Gemiddeld zijn het {n} {what} {dir} ({lo} tot {hi})."
    ),
    "other_unclear": Say(
        "It is perhaps {a} {what} less, perhaps {b} more. So no difference can be seen.",
        "Het zijn misschien {a} {what} minder, misschien {b} meer. Een verschil is dus niet te zien.",
    ),
    "other_little": Say(
        "It is at most {a} {what} less or {b} more.", "Het zijn hooguit {a} {what} minder of {b} meer."
    ),
    "other_outside": Say(
        "It is perhaps {a} {what} less, or {b} more.", "Het zijn misschien {a} {what} minder, of {b} meer."
    ),
    "size_outside_one": Say(
        "In every 1,000 people, perhaps {lo} to {hi} {dir} {rest} after {t}.",
        "Van elke 1.000 mensen {verb} er na {t} misschien {lo} tot {hi} {dir}{rest}.",
    ),
    "size_little_one": Say(
        "In every 1,000 people, at most {hi} {dir} {rest} after {t}.",
        "Van elke 1.000 mensen {verb} er na {t} hooguit {hi} {dir}{rest}.",
    ),
    "euros_outside_one": Say(
        "People have perhaps {lo} to {hi} euros a month {dir}.",
        "Mensen houden per maand misschien {lo} tot {hi} euro {dir} over.",
    ),
    "euros_little_one": Say(
        "People have at most {hi} euros a month {dir}.", "Mensen houden per maand hooguit {hi} euro {dir} over."
    ),
    "score_outside_one": Say(
        "The score for {what} is perhaps {lo} to {hi} {dir}, from 0 to {scale}.",
        "De score voor {what} is misschien {lo} tot {hi} {dir}, van 0 tot {scale}.",
    ),
    "score_little_one": Say(
        "The score for {what} is at most {hi} {dir}, from 0 to {scale}.",
        "De score voor {what} is hooguit {hi} {dir}, van 0 tot {scale}.",
    ),
    "other_outside_one": Say(
        "It is perhaps {lo} to {hi} {what} {dir}.", "Het zijn misschien {lo} tot {hi} {what} {dir}."
    ),
    "other_little_one": Say("It is at most {hi} {what} {dir}.", "Het zijn hooguit {hi} {what} {dir}."),
    "chance": Say("The chance of more {what} is about {n} in 10.", "De kans op meer {what} is ongeveer {n} op 10."),
    "people": Say("For {place} that is about {n} people.", "Voor {place} zijn dat ongeveer {n} mensen."),
    "people_few": Say("For {place} that is fewer than 5 people.", "Voor {place} zijn dat minder dan 5 mensen."),
    # Euros.
    "cost": Say(
        "It costs the municipality about {x} a year{each} ({range}).",
        "Het kost de gemeente ongeveer {x} per jaar{each} ({range}).",
    ),
    "save": Say(
        "It saves the municipality about {x} a year{each} ({range}).",
        "Het levert de gemeente ongeveer {x} per jaar op{each} ({range}).",
    ),
    "cost_unclear": Say(
        "For the municipality it may cost {lo} a year{each}, or save {hi}.",
        "Voor de gemeente kan het {lo} per jaar kosten{each}, of {hi} opleveren.",
    ),
    "outlay": Say(
        "Carrying it out costs about {x} a year{each} ({range}). We cannot tell whether that money comes back.",
        "De uitvoering kost ongeveer {x} per jaar{each} ({range}). Of dat geld terugkomt, is niet te zeggen.",
    ),
    "cost_outside": Say(
        "The costs are surer: about {x} a year for the municipality ({range}).",
        "De kosten zijn zekerder: ongeveer {x} per jaar voor de gemeente ({range}).",
    ),
    "each": Say(" for every 1,000 people", " voor elke 1.000 mensen"),
    "costs_money": Say("It costs money.", "Het kost geld."),
    "cost_zero": Say("It costs nothing more.", "Het kost niets extra."),
    "price": Say(
        "We count {price}. That price is an assumption.", "Wij rekenen met {price}. Dat bedrag is een aanname."
    ),
    "price_ask": Say("Ask for the price of your town.", "Vraag naar het bedrag van uw gemeente."),
    # Assumed.
    "assumed_none": Say("At first we assumed no difference.", "Vooraf gingen we uit van geen verschil."),
    "assumed_people": Say(
        "At first we thought of {n} {dir} people in every 1,000.",
        "Vooraf dachten we aan {n} mensen {dir} van elke 1.000.",
    ),
    "assumed_other": Say("At first we thought of {n} {unit} {dir}.", "Vooraf dachten we aan {n} {unit} {dir}."),
    # The trials.
    "trials_agree": Say(
        "The trials point the same way. {Count} towns tried this. {saw}.",
        "De proeven wijzen dezelfde kant op. {Count} steden hebben dit geprobeerd. {saw}.",
    ),
    "trials_disagree": Say(
        "The trials do not agree. {Count} towns tried this. {saw}.",
        "De proeven zijn het niet eens. {Count} steden hebben dit geprobeerd. {saw}.",
    ),
    "trials_one": Say("Only one town measured this. {saw}.", "Maar één stad heeft dit gemeten. {saw}."),
    "trials_none": Say("No trial measured this.", "Geen enkele proef heeft dit gemeten."),
    "trials_neighbour": Say(
        "The trials measured something else: {measure}.", "De proeven maten iets anders: {measure}."
    ),
    # The own town.
    "own_none": Say("{Town} itself had no trial.", "{Town} zelf deed geen proef."),
    "own_same": Say(
        "In {Town} itself too, {dir} people {rest}: {n} in every 1,000 ({lo} to {hi}).",
        "Ook in {Town} zelf {verb} er {dir}{rest}: {n} van elke 1.000 ({lo} tot {hi}).",
    ),
    "own_differs": Say(
        "In {Town} itself the trial found something else{after}: {n} {dir} people in every 1,000 ({lo} to {hi}).",
        "In {Town} zelf vond de proef{after} iets anders: {n} mensen {dir} van elke 1.000 ({lo} tot {hi}).",
    ),
    "own_why": Say(
        "Our conclusion differs, because {k} other towns count too.",
        "Onze conclusie is anders, want {k} andere steden tellen ook mee.",
    ),
    "own_why_one": Say(
        "Our conclusion differs, because one other town counts too.",
        "Onze conclusie is anders, want één andere stad telt ook mee.",
    ),
    "own_score": Say(
        "In {Town} itself the trial found {n} {dir} {what} ({lo} to {hi}).",
        "In {Town} zelf vond de proef {n} {dir} {what} ({lo} tot {hi}).",
    ),
    "own_direction": Say(
        "In {Town} itself too, the trial saw {dir} {what}.", "Ook in {Town} zelf zag de proef {dir} {what}."
    ),
    "own_direction_differs": Say(
        "In {Town} itself the trial saw {dir} {what}.", "In {Town} zelf zag de proef juist {dir} {what}."
    ),
    "own_no_difference": Say(
        "In {Town} itself the trial saw no difference.", "In {Town} zelf zag de proef geen verschil."
    ),
    # How far outside.
    "outside_little": Say("Part of this was not tried: {what}.", "Een deel is niet geprobeerd: {what}."),
    "outside_far": Say(
        "The trials went up to {seen}. This plan goes much further: {asked}.",
        "De proeven gingen tot {seen}. Dit plan gaat veel verder: {asked}.",
    ),
    "outside_lot": Say(
        "Who wants to know this, can first try it with a draw by lot.",
        "Wie dit wil weten, kan het eerst in een proef met loting doen.",
    ),
    # The conclusion beside the other two.
    "both_ways": Say("The conclusion can go either way.", "De conclusie kan twee kanten op."),
    "lower": Say(
        "The conclusion is a little lower than the trials: towns differ, and your town is new.",
        "De conclusie is iets lager dan de proeven: steden verschillen, en uw stad is nieuw.",
    ),
    "higher": Say(
        "The conclusion is a little higher than the trials: towns differ, and your town is new.",
        "De conclusie is iets hoger dan de proeven: steden verschillen, en uw stad is nieuw.",
    ),
    "smaller": Say(
        "The conclusion is a little smaller than the trials: towns differ, and your town is new.",
        "De conclusie is iets kleiner dan de proeven: steden verschillen, en uw stad is nieuw.",
    ),
    "larger": Say(
        "The conclusion is a little larger than the trials: towns differ, and your town is new.",
        "De conclusie is iets groter dan de proeven: steden verschillen, en uw stad is nieuw.",
    ),
    "fits": Say("The conclusion fits the trials.", "De conclusie past bij de proeven."),
    "not_learned": Say(
        "The conclusion is no better than what we thought at first.",
        "De conclusie is niet beter dan wat we vooraf dachten.",
    ),
    "wider": Say(
        "The trials went against our assumption. So we are less sure now than at first.",
        "De proeven spraken onze aanname tegen. Daarom zijn wij nu minder zeker dan vooraf.",
    ),
    "trials_apart": Say(
        "The conclusion is far from the trials. We do not know why.",
        "De conclusie ligt ver van de proeven. Waarom weten we niet.",
    ),
    # Groups.
    "uncalibrated": Say(
        "Careful: these numbers come from assumptions, they were not yet fitted to the trials.",
        "Let op: deze getallen komen uit aannames, zij zijn nog niet aan de proeven aangepast.",
    ),
    "clients": Say(
        "Give the number of people on benefit in your town: then this page counts people and euros.",
        "Geef het aantal mensen met bijstand in uw gemeente: dan telt deze pagina mensen en euro's.",
    ),
    "groups_none": Say(
        "We see no clear difference for any group.", "Voor geen enkele groep zien we een duidelijk verschil."
    ),
    "groups_unsure": Say(
        "We cannot tell whether the groups really differ.", "Of de groepen echt verschillen, is niet te zeggen."
    ),
    "groups_outside": Say("We name no other groups.", "Wij noemen geen andere groepen."),
}


def say(key: str, lang: str, **slots: object) -> str:
    """Return a sentence with its slots filled."""
    return TEMPLATES[key].to(lang).format(**slots)
