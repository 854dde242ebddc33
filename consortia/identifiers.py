"""Register numbers, VAT numbers and postcodes: read as people write them, kept in one form, check digits checked."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from stdnum.de import handelsregisternummer
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from rocket.core.errors import RocketError


class InvalidIdentifier(RocketError):
    """The number cannot be right; ``str()`` says how to mend it."""


def register_number(country: str, text: str) -> str:
    """The number in the company register of ``country``, in one form.

    Netherlands: the eight digits of the KvK. Germany: court, register and number, such as ``Münster HRB 4711``.
    Elsewhere: as written. Empty stays empty. Raises ``InvalidIdentifier``.
    """
    compact = " ".join(text.split())
    if not compact:
        return ""
    if country == "NL":
        digits = re.sub(r"(?i)^kvk[\s.:-]*|[\s.-]", "", compact)
        if not re.fullmatch(r"[0-9]{8}", digits):
            raise InvalidIdentifier(
                "kvk",
                _("A KvK number has eight digits, for example 01234567. “%(text)s” has not.")
                % {"text": compact},
            )
        return digits
    if country == "DE":
        without_court_word = re.sub(r"(?i)\b(?:amtsgericht|registergericht|ag)\b[\s:,]*", "", compact)
        try:
            return str(handelsregisternummer.validate(without_court_word))
        except ValidationError as error:
            raise InvalidIdentifier(
                "hrb",
                _(
                    "A German register number names the court, the register and the number, for example "
                    "Münster HRB 4711. “%(text)s” was not understood."
                )
                % {"text": compact},
            ) from error
    return compact


def vat_number(country: str, text: str) -> str:
    """The VAT number with the letters of its country. Empty stays empty. Raises ``InvalidIdentifier``.

    Countries of the Union: form and check digits must be right. Elsewhere: as written.
    """
    compact = re.sub(r"[\s.\-/]", "", text).upper()
    if not compact:
        return ""
    prefix = "EL" if country == "GR" else country
    if prefix.lower() not in vat.MEMBER_STATES and country != "GR":
        return compact
    if country == "GR" and compact.startswith("GR"):
        compact = compact.removeprefix("GR")
    number = compact if compact.startswith(prefix) else prefix + compact
    try:
        return str(vat.validate(number))
    except ValidationError as error:
        raise InvalidIdentifier(
            "vat",
            _("“%(text)s” is no VAT number of this country: its form or its check digit is wrong.")
            % {"text": text.strip()},
        ) from error


def postcode(country: str, text: str) -> str:
    """The postcode in the form of its country. Empty stays empty. Raises ``InvalidIdentifier``.

    Germany: five digits. Netherlands: four digits and two letters, such as ``7511 AB``. Elsewhere: as written.
    """
    shown = " ".join(text.split())
    compact = re.sub(r"[\s-]", "", text).upper()
    if country == "DE" and shown:
        match = re.fullmatch(r"(?:DE?)?([0-9]{5})", compact)
        if match is None:
            message = _("A German postcode has five digits, for example 48143. “%(text)s” has not.")
            raise InvalidIdentifier("postcode_de", message % {"text": shown})
        return match[1]
    if country == "NL" and shown:
        match = re.fullmatch(r"(?:NL)?([1-9][0-9]{3})([A-Z]{2})", compact)
        if match is None:
            message = _(
                "A Dutch postcode has four digits and two letters, for example 7511 AB. “%(text)s” has not."
            )
            raise InvalidIdentifier("postcode_nl", message % {"text": shown})
        return f"{match[1]} {match[2]}"
    return shown
