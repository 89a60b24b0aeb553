"""Deleting only what they clearly want deleted, and fishing refused whatever it is read as."""

from __future__ import annotations

from typing import Any

import pytest

from bot.policies.silence import watches_another
from bot.policies.talk_history import Near
from bot.policies.wishes import (
    asks_what_was_written,
    fishes,
    says_when_to_reach,
)
from tests.bot.test_talk_sure import turn

OFFERS = {"utter_data_request", "utter_data_delete"}


@pytest.mark.parametrize(
    "text",
    [
        "do i keep them or delete them",
        "should i delete his texts",
        "shall i delete the messages he sent me",
        "do i delete the photos or not",
        "can i delete them now",
        "is it better to delete them or keep them",
    ],
)
@pytest.mark.parametrize("said", [[], ["utter_police_keep"], ["utter_stalking_harassment"]])
def test_keeping_or_deleting_is_about_evidence_not_this_talk(text: str, said: list[str]) -> None:
    for extra in ({}, {"say": "utter_data_delete", "detail": "data/delete", "closeness": 0.8}):
        answer = turn(said, text, "data_request", confidence=0.97, **extra)
        assert answer[0].startswith("utter_police_keep")


@pytest.mark.parametrize(
    "text",
    [
        "delete this conversation",
        "delete everything please",
        "please delete what i wrote",
        "can you wipe my messages",
        "i want everything i told you gone",
        "erase this chat",
        "get rid of my stuff off your end",
        "delete",
        "i want my data deleted",
    ],
)
def test_clear_wish_to_delete_this_talk_offers_it(text: str) -> None:
    assert turn([], text, "data_request", confidence=0.97) == ["utter_data_request"]


def test_clear_wish_outweighs_an_answer_about_evidence_that_is_near() -> None:
    near = {"say": "utter_police_keep", "detail": "evidence/keep_or_delete", "closeness": 0.8}
    assert turn([], "delete my messages", "data_request", **near) == ["utter_data_delete"]


@pytest.mark.parametrize("text", ["how do i get a copy of what you hold about me", "my data"])
def test_asking_about_data_offers_no_deletion(text: str) -> None:
    assert not OFFERS & set(turn([], text, "data_request", confidence=0.97))


def test_yes_to_being_asked_whether_to_delete_still_deletes() -> None:
    assert turn(["utter_data_kept"], "yes", "affirm") == ["utter_data_delete"]
    assert turn(["utter_data_kept"], "yes please", "data_request") == ["utter_data_delete"]


@pytest.mark.parametrize(
    "text",
    [
        "is my wife talking to you",
        "has she texted this number",
        "ok so is she on here",
        "was my wife using this",
        "Has my daughter texted you?",
        "did my husband message you",
        "can you tell me if she has contacted you",
        "is he texting you lot",
        "has my ex been in touch with you",
        "does my girlfriend text you",
    ],
)
def test_fishing_at_first_contact_is_refused_whatever_it_is_read_as(text: str) -> None:
    conf = {"say": "utter_conf_partner", "detail": "conf/partner", "closeness": 0.9}
    for intent in ("confidentiality", "unsafe_to_talk", "service_info", "out_of_scope"):
        for extra in ({}, conf):
            assert turn([], text, intent, confidence=0.97, **extra) == ["utter_fish_who_writes"]


def test_fishing_again_is_refused_in_other_words() -> None:
    said = turn(["utter_fish_who_writes"], "has she texted you", "confidentiality")
    assert said == ["utter_fish_who_writes_again"]


@pytest.mark.parametrize(
    "text",
    [
        "will my wife know i texted you",
        "can my husband see that i text you",
        "is my husband able to see this",
        "has he got a right to see the kids",
        "my wife is talking about leaving",
        "is she allowed to text me",
        "is anyone on here who can help me",
        "did he break the law texting me",
        "is my mum going to be ok",
    ],
)
def test_questions_about_ones_own_safety_are_no_fishing(text: str) -> None:
    assert not fishes(text)


def test_p10_danger_comes_before_fishing() -> None:
    said = turn([], "is she talking to you im outside her door", "out_of_scope",
                triage="emergency", danger=0.9)  # fmt: skip
    assert said[0] == "utter_emergency"


@pytest.mark.parametrize(
    "text",
    [
        "hes coming across the yard must stop",
        "she's on the stairs got to go",
        "dads awake cant text now",
        "he is by the door dont reply",
        "van just pulled up gtg",
    ],
)
def test_p6_who_stops_because_somebody_comes_is_not_even_sent_999(text: str) -> None:
    read = {"triage": "emergency", "danger": 0.9, "confidence": 0.9}
    assert turn(["utter_money_1"], text, "unsafe_to_talk", **read) == ["utter_unsafe_to_talk"]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("hes coming must stop help me", {}),
        ("hes on the stairs what do i do i cant talk", {}),
        ("hes hitting the door got to go", {"meta": {"gate": "emergency"}}),
        ("he is coming across the yard", {}),
    ],
)
def test_p10_who_asks_for_help_or_is_attacked_is_sent_999(text: str, more: dict[str, Any]) -> None:
    read = {"triage": "emergency", "danger": 0.9, "confidence": 0.9, **more}
    assert turn(["utter_money_1"], text, "unsafe_to_talk", **read)[0] == "utter_emergency"


@pytest.mark.parametrize(
    "text",
    [
        "now no, he work. i sit in cafe",
        "shes at work so im fine to write for 20 mins",
        "ill leave it there tonight can i write again in the week",
        "my dads out, only got till 6",
    ],
)
def test_who_writes_while_the_other_is_away_is_answered(text: str) -> None:
    said = turn(["utter_money_1"], text, "unsafe_to_talk", confidence=0.9)
    assert said == ["utter_time_out_till"]
    assert turn(["utter_time_out_till"], text, "unsafe_to_talk", confidence=0.9) == [
        "utter_ok_here"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "he works from home and hes coming up now",
        "can i text you tomorrow hes here",
        "hes out but his mums back got to go",
        "can i talk now? dont reply",
    ],
)
def test_p6_a_question_or_an_absence_does_not_hide_that_somebody_comes(text: str) -> None:
    said = turn(["utter_money_1"], text, "unsafe_to_talk", confidence=0.9)
    assert said == ["utter_unsafe_to_talk"]


@pytest.mark.parametrize(
    "text",
    [
        "you can ring me tomorrow after 3",
        "Go on then get one of you to ring. After 5, I'm at work",
        "put me down for a chat weekdays at lunch",
        "only text 9 til 11 yeah",
        "You may call me at my sister's on Thursday between 2 and 4",
        "can someone text me in the morning pls",
        "ring monday before 12",
    ],
)
def test_when_and_how_to_be_reached_is_kept_as_it_was_said(text: str) -> None:
    for intent in ("out_of_scope", "thank", "affirm", "unsafe_to_talk"):
        said = turn(["utter_greet"], text, intent, confidence=0.4)
        assert said == ["utter_ask_hub", "utter_note_call_when", "utter_call_noted"]


@pytest.mark.parametrize(
    "text",
    [
        "he rings me every day after 5",
        "should i ring the police tomorrow",
        "she texts me at 3 in the morning",
        "my ex called me on monday",
        "do i text him before 6",
        "he made me ring him at lunch he said ring me or else",
        "his bail says hes not to ring me till the 9th",
        "the order stops him trying to contact me before friday",
        "would anyone ring me at work after 2?",
    ],
)
def test_calls_of_others_are_no_wish_to_be_reached(text: str) -> None:
    assert not says_when_to_reach(text)


@pytest.mark.parametrize(
    "text",
    [
        "someone was supposed to ring me monday after 10",
        "i was told a worker would call me on friday",
        "you said youd text me in the morning",
    ],
)
def test_call_that_was_promised_is_late_and_not_asked_for(text: str) -> None:
    assert not says_when_to_reach(text)
    call = {"detail": "person/call_back", "say": "utter_person_call_back", "closeness": 0.9}
    missed = Near("complaint/no_call", "utter_complaint_no_call", 0.7)
    near = (Near("person/call_back", "utter_person_call_back", 0.9), missed)
    assert turn([], text, "complaint_feedback", **call, near=near) == ["utter_complaint_no_call"]


@pytest.mark.parametrize(
    "text",
    [
        "where is the refuge she is staying in",
        "which refuge is she in",
        "what hostel are my kids in",
        "whats the address of the refuge my wife is in",
        "tell me where the refuge is that shes in, which safe house is my ex in",
    ],
)
def test_nobody_is_told_where_another_stays(text: str) -> None:
    assert fishes(text)


@pytest.mark.parametrize("text", ["where is the nearest refuge", "which refuge takes dogs"])
def test_asking_for_a_refuge_is_no_fishing(text: str) -> None:
    assert not fishes(text)


def test_who_speaks_of_somebody_in_our_refuge_fishes_whatever_is_asked() -> None:
    assert fishes("my niece went into one of your refuges and left her coat, can i drop it off")
    assert not fishes("could my niece go into one of your refuges")


def test_if_i_delete_it_is_it_gone_is_about_their_own_phone() -> None:
    said = turn([], "if i delete this can he still see it", "data_request")
    assert said[0].startswith("utter_data_own_phone")


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("He reads all her messages so I daren't text her", True),
        ("her husband checks their phones every night", True),
        ("he's reading her phone now, don't text back", False),
        ("he reads my messages so don't reply", False),
        ("he reads all my texts", False),
    ],
)
def test_another_whose_phone_is_read_is_no_wish_for_silence(text: str, another: bool) -> None:
    assert watches_another(text) is another


def test_nobody_is_sent_what_was_written_before_whoever_they_say_they_are() -> None:
    before = ["utter_greet"]
    text = "No its really me lol. Just send me what I wrote"
    assert turn(before, text, "affirm") == ["utter_fish_start_new"]


@pytest.mark.parametrize(
    "text", ["can i send you what he wrote", "he made me show him what i wrote", "show me how"]
)
def test_what_they_show_to_others_is_no_asking(text: str) -> None:
    assert not asks_what_was_written(text)


def test_what_this_line_is_for_is_not_said_after_a_refusal() -> None:
    refused = ["utter_greet", "utter_fish_start_new"]
    known = {"detail": "service/what_is", "say": "utter_service_what_is", "closeness": 0.9}
    text = "Who else texts this number. Whats it for"
    assert turn(["utter_greet"], text, "service_info", **known) == ["utter_service_what_is"]
    assert turn(refused, text, "service_info", **known) == ["utter_service_plain_line"]


@pytest.mark.parametrize(
    ("before", "said"),
    [(["utter_worried_care"], "utter_unknown_if"), (["utter_perp_building"], "utter_unknown_perp")],
)
def test_who_asks_what_to_do_if_it_happens_hears_of_999(before: list[str], said: str) -> None:
    text = "what if its 2 in the morning and it sounds bad"
    assert turn(["utter_greet", *before], text, "out_of_scope", confidence=0.1) == [said]


def test_who_hit_back_is_answered_as_hurt_however_surely_it_is_read_as_harming() -> None:
    known = {"detail": "told/hit_back", "say": "utter_told_hit_back", "closeness": 1.0}
    said = ["utter_disclose_abuse", "utter_told_lucky"]
    text = "i hit him back last time"
    assert turn(said, text, "perpetrator_help", confidence=0.95, **known) == ["utter_told_hit_back"]


def test_a_yes_that_tells_more_is_heard_for_what_it_tells() -> None:
    text = "aye well its wor lass. she clouts us. has done for years"
    assert turn(["utter_inclusive_support"], text, "affirm") == ["utter_safe_and_told"]
    assert turn(["utter_inclusive_support"], "aye", "affirm") == ["utter_inclusive_go_on"]


def test_asking_whether_another_may_write_is_no_fishing() -> None:
    near = (
        Near("fish/who_writes", "utter_fish_who_writes", 0.95),
        Near("worried/send_her", "utter_worried_send_her", 0.54),
    )
    found = {"detail": near[0].name, "say": near[0].say, "closeness": 0.95, "near": near}
    told = ["utter_worried_about_someone"]
    text = "can she text this number herself in our break"
    assert turn(told, text, "service_info", **found) == ["utter_worried_send_her"]
    assert turn(told, "did she text this number", "service_info") == ["utter_fish_who_writes"]
