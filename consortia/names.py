"""Names of organisations in a form that two spellings of the same organisation share."""

import re
import unicodedata

LEGAL_FORMS = frozenset(
    [
        "ag",
        "bv",
        "bvba",
        "co",
        "cv",
        "cvba",
        "ek",
        "ev",
        "eg",
        "egmbh",
        "gbr",
        "ggmbh",
        "gmbh",
        "kg",
        "kgaa",
        "kdor",
        "llc",
        "llp",
        "ltd",
        "mbh",
        "mbb",
        "nv",
        "ohg",
        "partg",
        "partgmbb",
        "plc",
        "sa",
        "sarl",
        "se",
        "sprl",
        "stichting",
        "stiftung",
        "ug",
        "ua",
        "vof",
        "vzw",
    ]
)
"""Words that say in which legal form an organisation exists, after joining dotted letters (B.V. is bv)."""

FILLERS = frozenset(
    {"the", "de", "het", "der", "die", "das", "und", "en", "and", "van", "von", "of", "fur", "voor"}
)
# Umlauts are spelt in two ways in registers and exports: Müller, Mueller and Muller are one name.
_SPELT_OUT = str.maketrans(
    {"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ĳ": "ij"}
)
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}")
_MULTI_WORD_FORMS = re.compile(r"\b(?:haftungsbeschrankt|i g|i gr|in oprichting)\b")
_UMLAUT_IN_LATIN = re.compile(r"(?<=[^aeq])(?:ae|oe|ue)")


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFC", text).casefold().translate(_SPELT_OUT)
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def normalise_name(name: str) -> str:
    """The name without case, accents, umlaut spelling, punctuation, legal form and filler words.

    Two organisations whose normalised names are equal are likely one: ``Müller & Söhne GmbH`` and
    ``MUELLER UND SOEHNE``. A name that holds nothing but such words keeps them, so that the result is empty only
    for a name without letters and digits.
    """
    text = _plain(name)
    text = _DOTTED.sub(lambda match: match.group().replace(".", "").replace(" ", "") + " ", text)
    words = re.findall(r"[^\W_]+", text)
    text = _MULTI_WORD_FORMS.sub(" ", " ".join(words))
    text = _UMLAUT_IN_LATIN.sub(lambda match: match.group()[0], text)
    kept = [word for word in text.split() if word not in LEGAL_FORMS and word not in FILLERS]
    return " ".join(kept or words)


def normalise_place(town: str) -> str:
    """A town without case, accents, punctuation and additions in brackets or after a comma or slash."""
    return " ".join(
        _UMLAUT_IN_LATIN.sub(lambda match: match.group()[0], word)
        for word in re.findall(r"[^\W_]+", re.split(r"[,(/]", _plain(town), maxsplit=1)[0])
    )
