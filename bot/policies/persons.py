"""Who somebody says they are, in so many words: a worker, a worried friend, one who harms.

A model reads each message alone, and what was said to them before may have been a misfit. Words as
plain as "midwife here" or "my mate's bloke hits her" hold for the whole talk; telling of harm to
themselves ends a worry about another.
"""

from __future__ import annotations

import re
from typing import Final

from bot.policies.answers import plain

_WORK: Final = (
    r"(?:(?:student |school |district |community |mental health |practice |specialist |gp )?"
    r"(?:nurse|midwife|midwives)|gp|doctor|health visitor|teacher|headteacher|teaching assistant|ta"
    r"|social worker|family worker|support worker|youth worker|housing officer|tenancy officer|pcso"
    r"|community (?:support )?officer|police ?(?:officer|constable)|probation officer|receptionist"
    r"|gp receptionist|safeguarding lead|dsl|idva|advocate|paramedic|counsellor|therapist|solicitor"
    r"|pharmacist|dentist|care ?worker|carer in a home|vicar|imam|key ?worker|tutor|lecturer)"
)
_PRO: Final = re.compile(
    rf"\b(?:im|i am|i work as|speaking as|here as|its|this is)(?: just| only| also)? (?:a|an|the) "
    rf"(?:\w+ ){{0,2}}?{_WORK}\b(?! (?:said|says|told|gave|tells|asked|who))"
    rf"|^(?:hi |hello |hiya |hey )*(?:\w+ )?{_WORK} here\b"
    r"|\bi work (?:on|in|at|for|with) (?:\w+ ){0,3}?(?:reception|gp|surgery|a school|nursery"
    r"|housing"
    r"|ward|a and e|social care|childrens services|hospital|the nhs|victims|families|vulnerable)\b"
    r"|\bmy (?:client|patient|pupil|service user|caseload|tenant)s?\b|\bone of my (?:patients"
    r"|clients|pupils|tenants|ladies|mums|families|students|class|year \w+s)\b|\ba pupil of mine\b"
    r"|\bi teach (?:year|reception|nursery|a|at|in|primary|secondary|infants|juniors)\b"
    r"|\bour (?:dsl|safeguarding lead|designated lead)\b"
)
_MY_PARTNER: Final = re.compile(
    r"\bmy (?:own )?(?:husband|wife|partner|boyfriend|girlfriend|ex)(?:s|es)?\b"
)
_NOT_PRO: Final = re.compile(
    r"\b(?:hits?|hit|hurts?|beats?|chok\w+|punch\w*|controls?|abus\w+|threat\w+|rap(?:ed|es)) me\b"
    r"|\b(?:should|shouldve|shud|meant to|supposed to)(?: have| of)? (?:know|known)\b"
    r"|\b(?:my|his|her) (?:husband|wife|partner|boyfriend|girlfriend|ex|dad|mum) is (?:a|an|the)\b"
)
# Whoever somebody may worry about, and who such a person lives with or left. Plain words.
CLOSE: Final = (
    r"(?:daughter|son|niece|nephew|sister|brother|step ?sister|step ?daughter|goddaughter|cousin"
    r"|mum|mam|mother|nan|gran|auntie?|daughter in law|sister in law"
    r"|grand ?d?aughter|grand ?son|grand ?kids?|grand ?child(?:ren)?"
    r"|friend|mate|best ?mate|bestie|neighbour|flatmate|housemate|roommate"
    r"|colleague|employee|staff|tenant|lodger)"
)
THEIRS: Final = (
    r"(?:boyfriend|girlfriend|husband|wife|partner|fella|feller|bloke|ex|fiancee?|hubby|bf|gf"
    r"|man|new man|lad he|missus|other half)"
)
_HARM: Final = (
    r"(?:hit\w*|hurt\w*|beat\w*|batter\w*|punch\w*|slap\w*|kick\w*|chok\w*|strangl\w*|control\w*"
    r"|scream\w*|shout\w*|threat\w*|abus\w+|knock\w+|shov\w+|push\w*|bruis\w*|black eye|hurting)"
)
_WORRIED: Final = re.compile(
    r"\b(?:writing|texting|messaging|asking|getting in touch) (?:about|for) (?:my|our) (?:\w+ )?"
    r"(?:daughter|sister|niece|cousin|friend|best ?friend|mate|best ?mate|neighbour|colleague)\b"
    r"|\b(?:not for me|its for|isnt for me)(?: its)?(?: for)? (?:my|a) (?:\w+ )?"
    r"(?:daughter|sister|niece|cousin|friend|mate|neighbour|colleague)\b|"
    rf"\b(?:my|our) (?:\w+ ){{0,2}}?{CLOSE}s? {THEIRS}s?\b"
    rf"|\b(?:my|our) (?:\w+ ){{0,2}}?{CLOSE}s?\b(?: \w+){{0,4}} (?:her|his|their) {THEIRS}\b"
    rf"|\bnext door(?: \w+){{0,6}} (?:scream\w*|shout\w*|{_HARM})\b|\bi(?:m| am) worried about"
    rf" (?:my|a|our|her|him|someone|next door)\b|\bmy (?:son|brother|mate|best mate)"
    rf"(?: \w+){{0,3}} {_HARM} (?:his|her) {THEIRS}\b"
    r"|\b(?:woman|girl|lady|couple|neighbours?|family|people) (?:next door|upstairs"
    r"|downstairs|opposite"
    r"|over the road|across the road)\b"
    rf"|\b(?:my|our) (?:\w+ ){{0,2}}?{CLOSE}(?: is|s| has| got| has got)? (?:\w+ )?(?:with"
    rf"|seeing|dating"
    r"|going out with|living with) (?:a|an|this|some|someone) (?:\w+ )?(?:horrible|nasty"
    r"|awful|vile|bad"
    r"|violent|controlling|man|bloke|lad|woman|guy|wrong)\b"
    r"|^(?:\w+ )?(?:this is |its )?not for me(?: this\b| its\b| it is\b| but\b|$)"
    r"|\b(?:its|it is|this is) (?:about|for) (?:them|her|him) (?:upstairs|downstairs|next door"
    r"|opposite|over the road)\b"
    r"|\b(?:lass|lassie|girl|woman|lady|lad|bloke|man|guy) i work with\b"
    r"(?=.*\b(?:bruis\w*|black eye|marks|scared of|hits|her (?:bloke|fella|husband|partner"
    r"|boyfriend)|his (?:wife|mrs|missus|girlfriend|partner))\b)"
    r"|\b(?:someone|somebody|a (?:girl|woman|lad|man|lady|guy|colleague)"
    r"|one of the (?:girls|lads|team))"
    r" (?:i work with|at (?:my |our )?work|on my team|in my team|at my gym|at my church)\b"
    r"|\bmy (?:grand ?d?aughter|grandson|grand ?kids?|grand ?child(?:ren)?|niece"
    r"|nephew)(?: \w+){0,3}"
    r" (?:told|says|said|saw|sees)\b"
    rf"|\bmy (?:dad|father"
    rf"|stepdad)s?(?: \w+){{0,3}} {_HARM} my m[auo]m\b(?=.*\b(?:im [2-6]\d|(?:she"
    rf"|he)s [6-9]\d|grown"
    r"|moved out|since i was|when i was|uni|in (?:his|their) \d\ds)\b)"
)
# A child who is hurt is asked about as a child.
_A_CHILD: Final = re.compile(
    r"\b(?:her|his|their) (?:\w+ )?(?:boy|girl|kids?|child(?:ren)?|son|daughter|baby|little one)\b"
)
_OF_MYSELF: Final = re.compile(
    rf"\b{_HARM} (?:\w+ )?me\b|\bme (?:and|n) my (?:\w+ )?{CLOSE}\b|\b(?:he|she|they) (?:raped"
    r"|locks|locked|tracks|follows) me\b|\bmy own (?:husband|wife|partner)\b"
    rf"|\bmy (?:husband|wife|partner|boyfriend|girlfriend|ex|dad|stepdad|mum) (?:\w+ )?{_HARM} me\b"
)
_HARMS: Final = re.compile(
    r"\bi(?:ve| have| just| really| actually| only| also| keep| nearly"
    r"| once)*(?: \w+)? ?(?:hit|hurt"
    r"|pinned|dragged|slapped|punched|pushed|shoved|grabbed|choked|strangled|kicked|smacked"
    r"|battered|beat|beat up|scared|frightened|terrified|threatened|screamed at|shouted at"
    r"|went for|spat at|hitting|hurting) my (?:wife|husband|partner|girlfriend|boyfriend|miss[ui]s"
    r"|mrs|ex|gf|bf|fiancee?|kids|other half)\b"
    r"|(?:^|\b(?:im|i am|i was|ive been|i got|ive got|got|been) )(?:out )?"
    r"(?:on bail|arrested|charged|nicked|done) for (?:hitting|hurting|assaulting|attacking"
    r"|choking|pushing|battering) (?:my (?:wife|husband|partner|girlfriend|missus|ex|gf)|her|him)\b"
    r"|\b(?:my|on|i got|ive got) bail\b.*\b(?:cant|not allowed to|not to)"
    r" (?:go home|go near|contact|see) ?(?:her|him|my)?\b"
    r"|^(?:i )?(?:just )?(?:punched|hit|kicked|smashed) (?:the|a) (?:door|wall|cupboard|table)"
    r" (?:right )?(?:next to|by|beside|near) (?:her|his|their)\b"
    r"|\bi(?:m| am) (?:scared|worried|afraid|frightened)(?: that)? (?:i|ill|i will|im|i might)"
    r"(?: \w+){0,3} (?:hurt|hit|kill|abus\w+)\b"
)
_NOT_HARMS: Final = re.compile(
    r"\b(?:partner on|husband on|dad on|hes on|he is on|back|self ?defence|if (?:i|he|she|they)"
    r"|(?:what|even|as) if|would|didnt|never|says i|said i)\b"
)


def said_to_be(text: str, before: str | None) -> str | None:
    """Who writes after this message, by its words or by those before it; None where none tell."""
    words = " ".join(plain(text).replace("?", " ").split())
    if _HARMS.search(words) and not _NOT_HARMS.search(words):
        return "perp"
    if _PRO.search(words) and not _NOT_PRO.search(words) and not _MY_PARTNER.search(words):
        return "pro" if before != "perp" else before
    if before in ("worried", "pro") and _OF_MYSELF.search(words):
        return None
    if before == "pro" and _MY_PARTNER.search(words):
        return None
    alone = not _OF_MYSELF.search(words) and not _A_CHILD.search(words)
    if before is None and _WORRIED.search(words) and alone:
        return "worried"
    return before
