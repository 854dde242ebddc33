"""Addresses of organisations and invitations."""

from django.urls import path

from consortia.views import declarations, invitations, organisations, people, staff

urlpatterns = [
    path("organisations/", organisations.my_organisations, name="my_organisations"),
    path("organisations/register/", organisations.search, name="register_organisation"),
    path("organisations/register/details/", organisations.register, name="register_organisation_details"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/claim/", organisations.claim, name="claim_organisation"),
    path("organisations/<int:pk>/edit/", organisations.edit, name="edit_organisation"),
    path("organisations/<int:pk>/people/", people.invite, name="invite_colleague"),
    path("organisations/<int:pk>/leave/", people.leave, name="leave_organisation"),
    path("organisations/<int:pk>/join/", people.ask, name="ask_to_join"),
    path("organisations/people/<int:pk>/remove/", people.remove, name="remove_member"),
    path("organisations/people/<int:pk>/owner/", people.hand_over, name="hand_over_organisation"),
    path("organisations/requests/<int:pk>/answer/", people.answer_request, name="answer_join_request"),
    path("organisations/<int:pk>/sme/", declarations.sme, name="sme_declaration"),
    path("organisations/<int:pk>/de-minimis/", declarations.de_minimis, name="de_minimis_declaration"),
    path("colleagues/<int:pk>/", people.own_invitation, name="own_colleague_invitation"),
    path("colleagues/<int:pk>/answer/", people.answer_own, name="answer_own_colleague_invitation"),
    path("colleagues/<int:pk>/end/", people.take_back, name="take_back_colleague_invitation"),
    path("colleagues/<str:token>/", people.invitation, name="colleague_invitation"),
    path("colleagues/<str:token>/answer/", people.answer, name="answer_colleague_invitation"),
    path("desk/<slug:programme>/people/", staff.people, name="desk_people"),
    path("desk/<slug:programme>/people/<int:pk>/revoke/", staff.revoke, name="revoke_role"),
    path("desk/<slug:programme>/people/offers/<int:pk>/end/", staff.take_back, name="take_back_role_offer"),
    path("roles/<str:token>/", staff.invitation, name="staff_invitation"),
    path("roles/<str:token>/answer/", staff.answer, name="answer_staff_invitation"),
    path("invitations/<int:pk>/", invitations.own_invitation, name="own_invitation"),
    path("invitations/<int:pk>/answer/", invitations.answer_own, name="answer_own_invitation"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<str:token>/answer/", invitations.answer, name="answer_invitation"),
]
