"""Which particular answers lie in the field of an intent: the two then speak for each other."""

from __future__ import annotations

from typing import Final

# By the first part of a detail's name; what is said only to some is in bot.policies.reach.
_FIELDS: Final[dict[str, frozenset[str]]] = {
    "housing": frozenset({"refuge_housing"}),
    "pets": frozenset({"refuge_housing"}),
    "leaving": frozenset({"safety_planning", "refuge_housing"}),
    "going": frozenset({"safety_planning", "refuge_housing"}),
    "work": frozenset({"disclose_abuse", "money_benefits", "safety_planning"}),
    "pregnant": frozenset({"disclose_abuse", "health_substance"}),
    "stay": frozenset({"safety_planning", "immediate_danger"}),
    "plan": frozenset({"safety_planning"}),
    "law": frozenset({"legal_protection"}),
    "court": frozenset({"legal_protection", "police_reporting"}),
    "police": frozenset({"police_reporting"}),
    "visa": frozenset({"immigration", "refuge_housing", "money_benefits"}),
    "money": frozenset({"money_benefits", "tech_safety"}),
    "tech": frozenset({"tech_safety", "teen_relationship"}),
    "evidence": frozenset(
        {"police_reporting", "legal_protection", "tech_safety", "stalking_harassment"}
        | {"data_request", "disclose_abuse"}
    ),
    "stalking": frozenset({"stalking_harassment"}),
    "sexual": frozenset({"sexual_violence"}),
    "health": frozenset({"health_substance"}),
    "home": frozenset({"disclose_abuse"}),
    "told": frozenset(
        {"disclose_abuse", "is_this_abuse", "inclusive_support", "stalking_harassment"}
    ),
    "outing": frozenset({"disclose_abuse", "inclusive_support", "confidentiality"}),
    "counts": frozenset({"is_this_abuse"}),
    "recovery": frozenset({"counselling_recovery"}),
    "care": frozenset(
        {"disclose_abuse", "safety_planning", "inclusive_support", "health_substance"}
    ),
    "complaint": frozenset({"complaint_feedback"}),
    "c2p": frozenset({"child_to_parent"}),
    "children": frozenset({"children_support", "legal_protection", "safety_planning"}),
    "young": frozenset({"home_worry_young_person", "child_harm"}),
    "teen": frozenset({"teen_relationship"}),
    "conf": frozenset({"confidentiality"}),
    "perp": frozenset({"perpetrator_help"}),
    "worried": frozenset({"worried_about_someone", "children_support"}),
    "pro": frozenset({"professional_referral"}),
    "picture": frozenset({"teen_relationship"}),
    "inclusive": frozenset({"inclusive_support"}),
    "data": frozenset({"data_request"}),
    "fish": frozenset({"confidentiality", "perpetrator_help", "worried_about_someone"}),
    "selfharm": frozenset({"suicide_self_harm"}),
    "suicide": frozenset({"suicide_self_harm"}),
    "lines": frozenset({"request_human"}),
    "language": frozenset({"language_request"}),
}
# Read from what fits nothing else, so anything particular that is near says more.
_VAGUE: Final = frozenset({"out_of_scope", "service_info"})


def lies_beside(detail: str | None, intent: str | None) -> bool:
    """Whether a detail says more of what the intent says, or the intent says next to nothing."""
    field = _FIELDS.get((detail or "").split("/")[0], frozenset())
    return intent in field or (bool(detail) and intent in _VAGUE)
