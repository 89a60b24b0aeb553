"""Turn what people type into plain words before the models see it.

The service normalises by the same code before its gate (webhook/safety/normalise.py; neither may
import the other). tests/fixtures/normalise.jsonl is their contract, and a test compares the two.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 1600
_MAX_ROUNDS = 12

_QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u02bb\u02b9\u2032\u0060\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | {"\u2044": "/"}
)
# Characters without a width that are not of the Unicode class "format": joiners, fillers,
# variation selectors and combining marks left over when the composed letter is taken.
_INVISIBLE = re.compile("[\u0300-\u036f\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# Cyrillic and Greek letters that a reader takes for Latin ones (Unicode's confusables, letters
# only) and the Latin small capitals.
_LOOKALIKE = dict(
    zip(
        "аеорсухіјѕԁһӏкмтвнгпԛԝүАВЕКМНОРСТУХІЈЅαοερυνικτχωηΑΒΕΖΗΙΚΜΝΟΡΤΥΧᴀʙᴄᴅᴇғꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
        "aeopcyxijsdhlkmtbhrnqwyABEKMHOPCTYXIJSaoepuviktxwnABEZHIKMNOPTYXabcdeffghijklmnoprstuvwyz",
        strict=True,
    )
)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1d00-\u1d22\u0262-\u029f\ua730\ua731]")

_ADDRESS = re.compile(
    r"://|^www\.|@[\w-]+\.\w|\w\.(?:com|org|net|co|uk|gov|info)\b|^@", re.IGNORECASE
)
_LEET_WORD = re.compile(r"[A-Za-z0-9@$!]*[A-Za-z][A-Za-z0-9@$!]*")
# Text-speak and places in which a digit stands for itself.
_KEEPS_DIGITS = re.compile(
    r"(?:any|some|every|no)1s?|b4(?:u|n|hand|i|he|she|we|it|ya)|(?:sw1|w1|ec[1-4]|wc[12])[a-y]"
    r"|ps[345]s|mp[34]s|h1n1|u1\ds?",
    re.IGNORECASE,
)
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t"}
_VOWELS = "aeiou"

_REPEATS = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![\w'])[^\W\d_]([.\-_*\u00b7])[^\W\d_](?:\1[^\W\d_])+(?![\w'])")
_SPACED = re.compile(r"(?<![\w'])[^\W\d_](?: [^\W\d_]){3,}(?![\w'])")
# Single letters that people text as words; a run of nothing else is not a word spelt out.
_LETTER_WORDS = set("abciknoruxyABCIKNORUXY")


def normalise(text: str) -> str:
    """`text` in its plain form, at most 1,600 characters; normalising twice changes nothing."""
    text = text[:MAX_CHARS]
    for _ in range(_MAX_ROUNDS):
        plain = _once(text)
        if plain == text:
            break
        text = plain
    return text


def _once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)
    text = _strip(text)
    text = _WORD.sub(_fold_lookalikes, text)
    text = _lower_shouting(text)
    text = _DOTTED.sub(lambda m: m[0].replace(m[1], ""), text)
    text = _SPACED.sub(_join_spaced, text)
    text = " ".join(_fold_leet(token) for token in text.split(" "))
    text = _REPEATS.sub(_two, text)
    return text[:MAX_CHARS].strip()


def _strip(text: str) -> str:
    """Drop what has no width, make every other control and every space one space."""
    text = _INVISIBLE.sub("", text)
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))
    return " ".join("".join(kept).split())


def _fold_lookalikes(match: re.Match[str]) -> str:
    """Fold a word that is Latin but for look-alikes; a wholly Cyrillic or Greek one stays."""
    word = match[0]
    if word.isascii() or not _LATIN.search(word):
        return word
    if all(c in _LOOKALIKE or _LATIN.match(c) for c in word):
        return "".join(_LOOKALIKE.get(c, c) for c in word)
    return word


def _lower_shouting(text: str) -> str:
    letters = sum(c.isalpha() for c in text)
    return text.lower() if letters > 3 and text.isupper() else text


def _join_spaced(match: re.Match[str]) -> str:
    letters = match[0].replace(" ", "")
    if len(letters) > 4 and letters[0] in "aiAI":
        return f"{letters[0]} {letters[1:]}"  # "a k n i f e" is "a knife"
    if set(letters) <= _LETTER_WORDS or len(set(letters.lower())) == 1:
        return match[0]
    return letters


def _two(match: re.Match[str]) -> str:
    return match[0] if match[0].lower() == "www" else match[1] * 2


def _fold_leet(token: str) -> str:
    if token.isalpha() or _ADDRESS.search(token):
        return token
    return _LEET_WORD.sub(lambda m: _leet_word(m[0]), token)


def _leet_word(word: str) -> str:
    """Replace digits and signs that stand between letters; "4am", "gr8" and "b4" stay."""
    letters = sum(c.isalpha() for c in word)
    digits = sum(c.isdigit() for c in word)
    if letters == len(word) or letters < max(digits, 1) or _KEEPS_DIGITS.fullmatch(word):
        return word
    chars = list(word)
    if not word[0].isdigit() and not set(word) & set("2689"):
        _replace_digits(chars)
    _replace_signs(chars)
    return "".join(chars)


def _replace_digits(chars: list[str]) -> None:
    last = max(i for i, c in enumerate(chars) if c.isalpha())
    for i in range(1, last):
        if chars[i] in _LEET:
            letter = _LEET[chars[i]]
        elif chars[i] == "1":
            letter = _one(chars[i - 1].lower(), chars[i + 1].lower())
        else:
            continue
        chars[i] = letter.upper() if chars[i - 1].isupper() else letter


def _one(before: str, after: str) -> str:
    """A 1 is an l ("he1p", "b1eed") or an i ("k1ll", "pa1n"), by its neighbours."""
    if before in _VOWELS:
        return "i" if after in "nr" else "l"
    if before == "l" or (before in "bcfgp" and after in _VOWELS):
        return "l"
    return "i"


def _replace_signs(chars: list[str]) -> None:
    for i, c in enumerate(chars):
        before, after = chars[:i], chars[i + 1 :]
        if c == "$" and (_lower_end(before) or (not before and after[:3] and _letters(after))):
            chars[i] = "s"
        elif c == "!" and _letters(before[-1:]) and _letters(after[:1]) and not _vowel(before):
            chars[i] = "i"
        elif c == "@" and _letters(before[-1:]) and _letters(after[:1]) and _open(before, after):
            chars[i] = "a"


def _open(before: list[str], after: list[str]) -> bool:
    """Whether a vowel is missing between two letters."""
    return not (_vowel(before) and _vowel(after))


def _lower_end(chars: list[str]) -> bool:
    return bool(chars) and chars[-1].islower()


def _letters(chars: list[str]) -> bool:
    return bool(chars) and all(c.isalpha() for c in chars)


def _vowel(chars: list[str]) -> bool:
    return any(c.lower() in _VOWELS for c in chars)
