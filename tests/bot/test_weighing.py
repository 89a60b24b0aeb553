"""A near answer counts for more or less by who writes and what was talked of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.policies.flows import Flows
from bot.policies.reach import speaks_to
from bot.policies.talk_history import Heard, History, Near
from bot.policies.weighing import weighed

FLOWS = Flows(())
PETS = Near("pets/where", "utter_pets_where", 0.6)
COURT = Near("court/screen", "utter_court_screen", 0.59)
YOUNG = Near("young/bed", "utter_young_bed", 0.62)


def _heard(*near: Near, text: str = "can i sit where she cannot see me", **extra: Any) -> Heard:
    first = near[0]
    return Heard(
        intent="out_of_scope",
        confidence=0.4,
        triage="standard",
        danger=0.0,
        detail=first.name,
        say=first.say,
        closeness=first.closeness,
        for_danger=first.danger,
        metadata=extra,
        text=text,
        near=near,
    )


def test_answer_about_what_was_talked_of_comes_first() -> None:
    told = History(before=["utter_court_what"])
    assert weighed(_heard(PETS, COURT), told, FLOWS).detail == "court/screen"
    assert weighed(_heard(PETS, COURT), History(before=["utter_pets_x"]), FLOWS).detail == PETS.name


def test_what_was_said_lately_gives_way_to_the_next_likely_one() -> None:
    told = History(before=["utter_pets_where"])
    assert weighed(_heard(PETS), told, FLOWS).detail == PETS.name
    assert weighed(_heard(PETS, COURT), told, FLOWS).detail == COURT.name
    plainly = Near("pets/where", "utter_pets_where", 0.9)
    assert weighed(_heard(plainly, COURT), told, FLOWS).detail == PETS.name


def test_answer_to_danger_is_weighed_where_danger_is_not_likely() -> None:
    now = Near("young/hitting_now", "utter_young_hitting_now", 0.62, danger=True)
    told = History(before=["utter_court_what"])
    assert weighed(_heard(now, COURT), told, FLOWS).detail == COURT.name
    likely = replace(_heard(now, COURT), danger=0.5)
    assert weighed(likely, told, FLOWS).detail == now.name


def test_just_after_an_alarm_danger_is_not_weighed_and_calm_words_are() -> None:
    heard = _heard(PETS, COURT, triage="emergency")
    told = History(before=["utter_court_what", "utter_emergency"])
    raised = replace(heard, triage="urgent")
    assert weighed(raised, told, FLOWS).near == heard.near
    assert weighed(heard, told, FLOWS).detail == COURT.name


def test_answer_for_children_gives_way_where_nobody_told_of_being_one() -> None:
    told = History(before=["utter_go_on"])
    assert weighed(_heard(YOUNG, COURT), told, FLOWS).detail == "court/screen"


def test_nearly_word_for_word_stays_whatever_was_talked_of() -> None:
    close = Near("pets/where", "utter_pets_where", 0.9)
    told = History(before=["utter_court_what"])
    assert weighed(_heard(close, COURT), told, FLOWS).detail == "pets/where"


def test_words_for_an_overdose_are_not_said_to_words_without_despair() -> None:
    taken = Near("suicide/taken", "utter_suicide_taken", 0.7)
    told = History(before=["utter_stalking_log"])
    sick = _heard(taken, text="been deleting them all they make me feel sick")
    assert not speaks_to(sick, told, FLOWS)
    assert speaks_to(_heard(taken, text="ive took them all"), told, FLOWS)


def test_how_long_it_has_been_is_no_particular_thing() -> None:
    told = History(before=["utter_disclose_abuse", "utter_disclose_safe"])
    for text in ("It has been two years", "about 3 months now", "years"):
        assert weighed(_heard(COURT, text=text), told, FLOWS).near == (), text
    assert weighed(_heard(COURT, text="2 years after I left he wrote"), told, FLOWS).near
