"""What the desk's pages share."""

from __future__ import annotations

from django.http import Http404

from calls.models import Programme
from reporting.permissions import programmes_of_desk
from rocket.accounts.http import SignedInRequest
from rocket.accounts.roles import Role


def desk_programme(request: SignedInRequest, code: str, *roles: Role) -> Programme:
    """The programme, for people with one of ``roles`` in it (managers and auditors unless given); 404 for everybody
    else, as if it did not exist."""
    programme: Programme | None = programmes_of_desk(request.user, *roles).filter(code=code).first()
    if programme is None:
        raise Http404
    request.desk_programme = programme
    return programme
