"""What one partner declares."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consortia.models import Partner
from feasibility.forms.base import DraftForm
from feasibility.models import Section
from feasibility.selectors import AskedDeclaration


class DeclarationsForm(DraftForm):
    """One tick for each declaration, for one partner. Nothing is declared until somebody presses the button: unlike
    other forms it never saves itself."""

    def __init__(
        self,
        data: Any = None,
        *,
        partner: Partner,
        section: Section,
        asked: Sequence[AskedDeclaration],
        declared: Collection[str],
        **kwargs: Any,
    ) -> None:
        self.partner, self.asked = partner, asked
        kwargs["initial"] = {f"declare_{one.code}": one.code in declared for one in asked}
        super().__init__(data, section=section, prefix=f"partner-{partner.pk}", **kwargs)
        for one in asked:
            self.fields[f"declare_{one.code}"] = forms.BooleanField(label=str(one.text), required=False)

    def rows(self) -> list[tuple[AskedDeclaration, Any]]:
        """Each declaration with its tick."""
        return [(one, self[f"declare_{one.code}"]) for one in self.asked]

    def codes(self) -> list[str]:
        """What is declared. The form must be valid."""
        return [one.code for one in self.asked if self.cleaned_data[f"declare_{one.code}"]]

    def answers(self) -> list[tuple[Any, str]]:
        return [(one.name, str(_("Yes") if bound.value() else _("No"))) for one, bound in self.rows()]
