"""Chooses what to say in a conversation: one step at a time, never the same words twice running.

In this order: danger; silence; a code word; the answer to a form's question; a particular thing
that has its own answer; a yes or no to what was asked; the next step of the topic that the message
is about; and, when the message is not understood, an honest question and then a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.policies.answers import is_question, short_answer
from bot.policies.flows import NEXT, Flows, Topic
from bot.policies.follow import NAME_999, UNSEEN, leans
from bot.policies.form_talk import FormTurn, answered, go_on, is_answered_plainly
from bot.policies.hearing import (
    HEARD,
    NOT_UNDERSTOOD,
    OPENERS,
    WRONG_NUMBER,
    begun_to_tell,
    goes_on,
    in_other_words,
    is_back,
    listened,
    not_followed,
    once_more,
    own_answer,
    unsure,
)
from bot.policies.meant import help_came, meant, says_safe, supposes
from bot.policies.offers import ASK_WORD, DANGER, calm, with_999, with_offers, withheld
from bot.policies.particular import SMALL_TALK, fits_better, limits_come_first
from bot.policies.reach import OTHERS, for_adults, for_them, role, speaks_to, worries
from bot.policies.silence import breaks_off, watches_another, writes_on
from bot.policies.steps import next_step
from bot.policies.strangers import may_be_somebody_else, may_be_wrong_number
from bot.policies.sureness import Sureness
from bot.policies.taken import (
    ANSWERS,
    TELLS_NOTHING,
    may_answer,
    meanings,
    only_answers,
    plain_answer,
    taken,
)
from bot.policies.talk_history import Heard, History, plain
from bot.policies.vague import is_lost, is_of_suicide, says_something
from bot.policies.weighing import weighed
from bot.policies.wishes import (
    REACH,
    calls_others,
    discreet,
    only_if_wished,
    only_of_calls,
    refusal,
    says_when,
    says_when_to_reach,
)

SILENT = {"unsafe_to_talk": "utter_unsafe_to_talk", "stop_messages": "utter_stop_messages"}
# What the service heard where a code word was asked for; a right one is never passed on.
CODE_WORD = {
    "taken": "utter_code_word_taken",
    "which": "utter_code_word_which",
    "refused": "utter_code_word_refused",
    "wrong": "utter_code_word_wrong",
}
_AFTERWARDS = ("after/",)
# In place of what a yes, a no or a don't know was answered with a moment ago.
_OTHER_WORDS = {
    "affirm": "utter_go_on",
    "deny": "utter_no_pressure",
    "dont_know": "utter_no_pressure",
    "greet": "utter_easy_start",
}
# How sure a wish for silence must be in words that are near to one of these.
_QUIET_SURE = 0.75
_FOR_HELP = ("after/", "call/", "lines/")
# Whoever is back and says that it is all right now says no more than that.
_IS_BACK = re.compile(
    r"(?:its|im|we are|were|all|ok|yes|yeah)? ?(?:ok|okay|safe|fine|alright|all right|clear)"
    r"(?: (?:now|again))?\W*$"
)
# The chance from which a particular answer is likelier than what a question leans on.
_RATHER = 0.55
_HERE = "utter_welcome_back"
_OK_HERE = "utter_ok_here"
_WHILE_AWAY = "utter_time_out_till"
_HERE_AGAIN = "utter_here_again"
# They stop because it is too much: told so once, and not taken off the list.
_UPSET = "bye/upset"
_NO_TIME_FOR_FORMS = frozenset(
    {*SILENT.values(), "utter_check_safe", "utter_welcome_back", "utter_neutral"}
)
# "Are you thinking of staying for now, or going?"
_STAY_OR_GO = re.compile(
    r"(?:(?:i|im|ill|i am|i want to|want to|going to|gonna|think|maybe|probably|for now|yeah)\W+)*"
    r"(?:stay|staying|leave|leaving|go|going|both)(?: here| put| for now| for a bit| soon)*\W*$"
)


def choose(
    heard: Heard, told: History, flows: Flows, domain: Collection[str], sure: Sureness
) -> list[str]:
    """The utterances of this turn, in order; none leaves it to the rules. Silence is one too."""
    heard = for_them(weighed(heard, told, flows), told, flows)
    chosen = _not_again(_choose(heard, told, flows, sure), heard, told, domain)
    chosen = in_other_words(chosen, heard, told, domain)
    unseen = set(SILENT.values()) & set(chosen) and breaks_off(heard, sure.silence)
    if heard.triage == "emergency" and chosen and not unseen:
        chosen = with_999(chosen, heard, flows, first=only_answers(heard, told, flows))
    if heard.metadata.get("picture") == "now" and chosen and not told.times(UNSEEN):
        chosen = chosen if "_picture_" in chosen[0] else [UNSEEN, *chosen]
    return [_fitting(name, heard, told, domain) for name in chosen]


def _not_again(
    chosen: list[str], heard: Heard, told: History, domain: Collection[str]
) -> list[str]:
    """What was chosen; others in place of the last words where the rules would repeat them."""
    ruled = f"utter_{heard.intent}"
    if not chosen and not told.before and heard.young and f"{ruled}_young" in domain:
        return [ruled]  # the rules know no words for the young
    begun = begun_to_tell(told)
    if not chosen and heard.intent in ANSWERS and begun and told.last_plain != ruled:
        return [_OK_HERE]  # a word to what asked nothing
    if not chosen and heard.intent in SILENT:  # no wish for silence: the other one is away
        return [_OK_HERE if _WHILE_AWAY in told.said else _WHILE_AWAY]
    if not chosen and heard.intent == "greet" and begun:
        return [_HERE] if told.last_plain != _HERE else [_HERE_AGAIN]  # back in the same talk
    if chosen or told.last_plain != ruled or f"{ruled}_again" in domain:
        return chosen
    return [_OTHER_WORDS.get(heard.intent or "", HEARD[0])]


def _choose(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    plainly = any(is_answered_plainly(form, heard, told) for form in flows.forms)
    reach = says_when(heard, told, flows)
    other = plainly or reach or heard.metadata.get("code_word") in CODE_WORD
    own = [] if other else own_answer(heard, told, flows)
    talks_on = plainly or own or _talks_on(heard, sure) or _fills_in(heard, told, flows)
    talks_on = talks_on or supposes(heard.text) or says_safe(heard.text)
    talks_on = talks_on or watches_another(heard.text) or writes_on(heard.text)
    silent = None if talks_on else SILENT.get(heard.intent or "")
    plan = flows.plan_in_hand(told.said)
    if own:
        return own
    danger = _danger_first(heard, told, flows, sure) if heard.triage == "emergency" else []
    if danger:
        return once_more(danger, heard, told, flows) if danger == list(DANGER) else danger
    if (refused := refusal(heard.text, begun=bool(told.before))) is not None:
        return [refused]
    words = heard.text.lower().replace("'", "")
    in_plan = short_answer(heard.text) == "skip" or _STAY_OR_GO.match(words)
    if plan is not None and not plainly and in_plan:
        return next_step(plan, told)
    if silent and not told.before:
        return ["utter_greet"]  # nobody writes for the first time only to stop
    if silent:
        return [silent if heard.confidence >= sure.silence else "utter_check_safe"]
    word = str(heard.metadata.get("code_word"))
    if word in CODE_WORD:
        return [CODE_WORD[word]]
    if is_back(heard) and (_IS_BACK.match(words) or not says_something(heard, sure)):
        return [ASK_WORD if word == "agreed" else "utter_welcome_back"]
    going = [] if reach else _go_on(heard, told, flows, sure)
    chosen = list(REACH) if reach else listened(going, heard, told, flows)
    return withheld(only_if_wished(discreet(chosen, told), heard), heard, flows)


def _danger_first(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    """What an emergency is answered with, or a plan's next step to what is only its answer."""
    if heard.intent in SILENT and told.before and breaks_off(heard, sure.silence):
        return []
    if not only_answers(heard, told, flows):
        return _danger(heard, told, flows, sure)
    plan = flows.plan_in_hand(told.said)
    return (
        _plan_answer(heard, told, flows, sure) or next_step(plan, told) if plan is not None else []
    )


def _plan_answer(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    """What a plain yes or no means to a plan's question, where it means more than going on."""
    said = plain_answer(heard, told, flows, sure)
    return _answer(said, heard, told, flows) if said is not None else []


def _talks_on(heard: Heard, sure: Sureness) -> bool:
    """Whether words that were read as a wish for silence are none.

    Ending in tears is no wish for no more messages, writing instead of calls is none, and a reading
    that is not sure gives way to a particular answer that is close.
    """
    if heard.closeness >= sure.detail:
        upset = heard.detail == _UPSET and heard.intent == "stop_messages"
        # "I cannot ring, they will hear me" asks for help and not for silence.
        least = _QUIET_SURE if (heard.detail or "").startswith(_FOR_HELP) else sure.silence
        if upset or (heard.say is not None and heard.confidence < least):
            return True
    if heard.confidence < sure.silence and says_when_to_reach(heard.text):
        return True
    return heard.metadata.get("contact") == "no calls"


def _fills_in(heard: Heard, told: History, flows: Flows) -> bool:
    """Whether a form's question is answered: "this number" is then no wish for no messages."""
    asked = any(form.question_asked_by(told.last or "") for form in flows.forms)
    return asked and heard.intent == "stop_messages" and "stop" not in heard.text.lower()


def _danger(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    """What an emergency is answered with before all else; none where the usual answer fits it."""
    after = (heard.detail or "").startswith(_AFTERWARDS)
    near = sure.detail if after or heard.danger < sure.danger else sure.danger_detail
    fits = heard.for_danger and heard.closeness >= near and speaks_to(heard, told, flows)
    if heard.say and fits:
        return [heard.say]
    if heard.danger < sure.danger:
        return []
    if (fitting := leans(heard, told, flows.leaning, sure.own_words)) in NAME_999:
        return [fitting or "", "utter_ask_hub_danger"]
    closest = sure.help_came if help_came(heard.text) else sure.over_detail
    over = after and heard.closeness >= closest
    if heard.say and over and (told.times(DANGER[0]) or told.times("utter_worried_danger")):
        return [heard.say]  # the police came, he is gone: they are answered, with 999 beside it
    if heard.intent == "suicide_self_harm" and (not told.said or is_of_suicide(heard)):
        topic = flows.for_intent(heard.intent, young=heard.young)
        return next_step(topic, told) if topic is not None else list(DANGER)
    whom = (heard.detail or "").split("/")[0]
    if whom in OTHERS and whom == role(told) and heard.closeness >= sure.detail:
        return []  # what is said to one who worries or harms fits, with 999 beside it
    if worries(heard, told, sure.topic) and not told.times("utter_worried_danger"):
        return ["utter_worried_danger", "utter_ask_hub_danger"]
    return list(DANGER)


def _go_on(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    """The answer to a form's question, or to anything else with what is offered beside it."""
    turns = (answered(form, heard, told, sure.topic) for form in flows.forms)
    turn = next((turn for turn in turns if turn is not None), None)
    if turn is not None and turn.aside is None:
        return [*turn.said, *_lead(turn, told, flows)]
    chosen = _begun(_in_talk(heard, told, flows, sure), flows)
    if turn is not None:
        aside = [*(turn.aside or []), *chosen, *_back_to_form(chosen, heard, told, flows)]
        return aside if chosen else turn.said
    chosen = with_offers(chosen, heard, told, flows)
    return [*chosen, *_back_to_form(chosen, heard, told, flows)]


def _lead(turn: FormTurn, told: History, flows: Flows) -> list[str]:
    topic = flows.named(turn.lead) if turn.lead else None
    return next_step(topic, told) if topic is not None else []


def _begun(chosen: list[str], flows: Flows) -> list[str]:
    """What was chosen, or the beginning of the form that it leads into."""
    entered = (
        form.enters[chosen[0]] for form in flows.forms if chosen[:1] and chosen[0] in form.enters
    )
    return next(entered, chosen)


def _back_to_form(chosen: list[str], heard: Heard, told: History, flows: Flows) -> list[str]:
    """Going on with a form that something came between, offered once when it is calm."""
    own = any(name in form.names() for form in flows.forms for name in chosen)
    if not chosen or own or chosen[0] in _NO_TIME_FOR_FORMS or not calm(heard, told):
        return []
    offers = (go_on(form, heard, told) for form in flows.forms)
    return [offer for offer in offers if offer is not None][:1]


def _in_talk(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    """What the message itself asks for: a particular answer, a yes or no, a topic's next step."""
    no_calls = heard.metadata.get("contact") == "no calls" and not calls_others(heard.text)
    if no_calls and not _says_more(heard, told, flows, sure):
        asked = heard.metadata.get("mode") == "waiting"
        return ["utter_person_no_calls" if asked else "utter_no_calls"]
    plainly = plain_answer(heard, told, flows, sure)
    if plainly is not None:
        return _answer(plainly, heard, told, flows)
    leaning = leans(heard, told, flows.leaning, sure.own_words)
    likely = heard.say is not None and heard.chance >= _RATHER and speaks_to(heard, told, flows)
    if leaning is not None and not likely and _further(heard, told, flows, sure) is None:
        return [leaning]
    fits = fits_better(heard, told, flows, sure) and speaks_to(heard, told, flows)
    fits = fits and not limits_come_first(heard, told, flows, sure)
    again = heard.say == told.last_plain and f"{heard.say}_again" != told.last
    fits = fits and not (again and not heard.for_danger and told.times(heard.say or "") > 1)
    if heard.say is not None and fits and not for_adults(heard, flows):
        return _with_next(heard.say, told, flows)
    sure_answer = heard.intent in ANSWERS and heard.confidence >= sure.topic
    if sure_answer and may_answer(heard, told, flows):
        return _answer(heard.intent, heard, told, flows)
    return _by_topic(heard, told, flows, sure)


def _says_more(heard: Heard, told: History, flows: Flows, sure: Sureness) -> bool:
    """Whether a particular answer says more to who wants no calls: "the surgery rings here"."""
    more = heard.say is not None and heard.closeness >= sure.over_detail
    more = more and not only_of_calls(heard)
    return more and speaks_to(heard, told, flows)


def _by_topic(heard: Heard, told: History, flows: Flows, sure: Sureness) -> list[str]:
    """The next step of what the message is about, of a plan first if one is being made."""
    if may_be_somebody_else(heard, told, flows, sure):
        return ["utter_neutral"]
    plan = flows.plan_in_hand(told.said)
    if may_be_wrong_number(heard, told, sure):
        return [WRONG_NUMBER]
    if (further := _further(heard, told, flows, sure)) is not None:
        return [further]
    if plan is not None and _stays_in_plan(heard, plan, sure):
        return next_step(plan, told)
    intent = meant(heard, told, flows)
    topic = flows.for_intent(intent, young=heard.young)
    if is_lost(heard, told, flows, sure, intent):
        return _lost(heard, told, flows, intent)
    if topic is not None:
        return next_step(topic, told) + (["utter_back_to_plan"] if plan is not None else [])
    return []


def _lost(heard: Heard, told: History, flows: Flows, intent: str | None) -> list[str]:
    """What is said where it is not clear what the message is about."""
    gently = flows.named("emotional_distress")  # which asks whether it is so
    if intent == "suicide_self_harm" and gently is not None:
        return next_step(gently, told)
    if not any(name not in OPENERS for name in told.said):
        return unsure(heard, told, NOT_UNDERSTOOD)
    in_hand = flows.in_hand(told.said)
    following = next_step(in_hand, told) if in_hand is not None and goes_on(in_hand, told) else []
    return not_followed(heard, told, flows, following)


def _further(heard: Heard, told: History, flows: Flows, sure: Sureness) -> str | None:
    """What answers a further question to the words before ("who do I ask?"), said once."""
    name = meanings(told, flows).get("question")
    if name is None or name in told.said or not is_question(heard.text):
        return None
    topic = flows.for_intent(heard.intent, young=heard.young)
    stays = topic is None or topic is flows.in_hand(told.said)
    vague = heard.intent in TELLS_NOTHING or heard.confidence < sure.change_topic
    return name if stays or vague else None


def _stays_in_plan(heard: Heard, plan: Topic, sure: Sureness) -> bool:
    """Whether what was said goes on with a plan rather than asking for something else."""
    if heard.intent in plan.intents or heard.intent in plan.young_intents:
        return True
    return heard.intent not in SMALL_TALK and heard.confidence < sure.change_plan


def _answer(said: str, heard: Heard, told: History, flows: Flows) -> list[str]:
    """What a yes, a no or a don't know means after what was said last."""
    last = told.last or ""
    intent = taken(said, heard, told, flows)
    if intent not in ANSWERS:
        return [intent]
    if plain(last) == "utter_welcome_back" and intent == "affirm":
        offers = [offer for form in flows.forms if (offer := go_on(form, heard, told)) is not None]
        if offers:
            return offers[:1]
    name = meanings(told, flows).get(intent)
    if name is not None:
        return _with_next(name, told, flows)
    plan = flows.plan_in_hand(told.said)
    if plan is not None:
        return next_step(plan, told)
    topic = flows.in_hand(told.said)
    if topic is None or not any(step not in told.said for step in topic.steps):
        return []
    return next_step(topic, told)


def _with_next(name: str, told: History, flows: Flows) -> list[str]:
    if name != NEXT:
        return [name]
    topic = flows.plan_in_hand(told.said) or flows.in_hand(told.said)
    return next_step(topic, told) if topic is not None else ["utter_go_on"]


def _fitting(name: str, heard: Heard, told: History, domain: Collection[str]) -> str:
    """The words for whoever writes, where there are any; others when these were just said."""
    who = role(told)
    if who in OTHERS and f"{name}_for_{who}" in domain:
        name = f"{name}_for_{who}"
    young = f"{name}_young"
    if heard.young and young in domain:
        name = young
    again = f"{name}_again"
    if name in told.before and again in domain and told.last != again:
        return again
    return name
