"""Forms of the two declarations, with their rows of related enterprises and earlier aids."""

from consortia.declaration_forms.aid import AidRows, DeMinimisForm, aid_initial, aids_of
from consortia.declaration_forms.enterprise import read_enterprise, subject_identifier
from consortia.declaration_forms.figures import SmeForm
from consortia.declaration_forms.related import RelatedRows
from consortia.declaration_forms.rows import quiet
from consortia.declaration_forms.standing import sme_initial

__all__ = [
    "AidRows",
    "DeMinimisForm",
    "RelatedRows",
    "SmeForm",
    "aid_initial",
    "aids_of",
    "quiet",
    "read_enterprise",
    "sme_initial",
    "subject_identifier",
]
