"""Texts of installed packages that people can meet and that no form, template or adapter of ours replaces.

Nothing uses this module: naming a text here puts it into our catalogues, and those go before the package's own, which
address people in another way or lack the text.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop, ngettext_lazy

ALLAUTH = (
    gettext_noop("You must type the same password each time."),
    gettext_noop("Forgot your password?"),
    gettext_noop("Code"),
)
DJANGO = (
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)
