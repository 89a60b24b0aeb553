"""Other languages are named; English in all its spellings is never taken for one."""

from __future__ import annotations

import pytest

from webhook.safety.language import language

SCRIPTS = {
    "ar": "\u0633\u0627\u0639\u062f\u0648\u0646\u064a \u0632\u0648\u062c\u064a \u064a\u0636\u0631\u0628\u0646\u064a",
    "ur": "\u0645\u062c\u06be\u06d2 \u0645\u062f\u062f \u0686\u0627\u06c1\u06cc\u06d2",
    "fa": "\u06a9\u0645\u06a9 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "ru": "\u043f\u043e\u043c\u043e\u0433\u0438\u0442\u0435 \u043c\u043d\u0435",
    "uk": "\u0434\u043e\u043f\u043e\u043c\u043e\u0436\u0456\u0442\u044c \u043c\u0435\u043d\u0456",
    "pa": "\u0a2e\u0a26\u0a26 \u0a15\u0a30\u0a4b",
    "bn": "\u09b8\u09be\u09b9\u09be\u09af\u09cd\u09af",
    "hi": "\u092e\u0926\u0926 \u0915\u0930\u094b",
    "gu": "\u0aae\u0aa6\u0aa6",
    "ta": "\u0b89\u0ba4\u0bb5\u0bbf",
    "he": "\u05e2\u05d6\u05e8\u05d4",
    "el": "\u03b2\u03bf\u03ae\u03b8\u03b5\u03b9\u03b1",
    "zh": "\u6551\u547d",
    "ja": "\u52a9\u3051\u3066\u304f\u3060\u3055\u3044",
    "ko": "\ub3c4\uc640\uc8fc\uc138\uc694",
    "am": "\u12a5\u122d\u12f3\u1273",
    "th": "\u0e0a\u0e48\u0e27\u0e22\u0e14\u0e49\u0e27\u0e22",
}
LATIN = {
    "pl": "prosze o pomoc m\u0105\u017c mnie bije|potrzebuje pomocy|nie m\u00f3wi\u0119 po angielsku",
    "ro": "am nevoie de ajutor sotul meu ma bate|nu vorbesc engleza va rog",
    "es": "necesito ayuda por favor|mi marido me pega y tengo miedo|ayuda",
    "pt": "preciso de ajuda o meu marido bate em mim|nao falo ingles preciso ajuda",
    "fr": "j'ai besoin d'aide mon mari me frappe|je ne parle pas anglais",
    "it": "ho bisogno di aiuto mio marito mi picchia|aiuto",
    "de": "ich brauche hilfe mein mann schl\u00e4gt mich",
    "tr": "yard\u0131m edin kocam beni d\u00f6v\u00fcyor",
    "sq": "kam nevoj\u00eb p\u00ebr ndihm\u00eb burri m\u00eb rrah",
    "ur": "mujhe madad chahiye|mera shohar mujhe marta hai",
    "so": "waxaan rabaa caawimo fadlan",
    "lt": "man reikia pagalbos vyras mane mu\u0161a",
    "hu": "k\u00e9rem seg\u00edtsenek a f\u00e9rjem b\u00e1nt engem",
}
ENGLISH = """yes|no|kk|ok x|help|help plis|hiya|ta|ta love|soz|gtg|brb|idk|lol|hmm|im ok|nah|yeah
aye|nope|nowt
hes back|hes ere|hez got me fone|cnt tlk nw|wot do i do|i cnt cope nemore|plz help me|thx hun
mi husband hurt me
am no feart ae him|i dinnae ken whit tae dae|he's pure mental so he is|gonnae no dae that
wee man is greetin
he dun my head in|me mam said summat|it were nowt|ey up duck|alreet pet|canny bairn
our kid is in bits
wagwan bruv|man is moving mad innit|dis man is bare violent fam|he's moving peak|allow it
he do hit me many time|my husband beating me i no have money|please i need help my english no good
he take passport
where is refuge|council tax|universal credit|ms patel|london|leeds ls6|email me jo@example.com|x
xx|aaa|asdfgh
is he a narcissist|marac|idva|dash risk|non mol|clares law|nspcc|dv unit|my abuela hits me|que
no mam|me da|la la la|hola|ciao|bonjour class at 9|dad|mum|dada|nana|papa hit me|baba is angry
ammi is scared
HELP ME|HES HERE|\U0001f62d\U0001f62d|...|999|07700 900123|pls|sos|wtf|omg hes outside|hellooo
heyyyy
i luv him but he skares me|hes guna kil me|he stranggled me|dnt txt|wen he drinx|wats a refuge
no idea tbh
de man hit me again|das not right|i am in the bath|can u ring me l8r|m8 he is mental|cba|tmrw
2nite|b4 he cums bk
he sed sori|am ok|naw|och aye|twas grand|yer man is at it again|so he is|grand|cheers|ta ra
bye bye|goodnite""".replace("\n", "|").split("|")


@pytest.mark.parametrize(("code", "text"), SCRIPTS.items())
def test_script_decides_and_is_certain(code: str, text: str) -> None:
    found = language(text)
    assert found
    assert (found.code, found.certain) == (code, True)


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in LATIN.items() for text in texts.split("|")]
)
def test_latin_languages_are_named_but_uncertain(code: str, text: str) -> None:
    found = language(text)
    assert found
    assert (found.code, found.certain) == (code, False)


@pytest.mark.parametrize("text", ENGLISH)
def test_english_in_any_spelling_is_not_another(text: str) -> None:
    assert language(text) is None


def test_a_foreign_name_in_english_changes_nothing() -> None:
    assert language("his name is \u041e\u043b\u0435\u0433 and he is here") is None
