"""Addresses of organisations and invitations."""

from django.urls import path

from consortia.views import declarations, invitations, organisations

urlpatterns = [
    path("organisations/", organisations.my_organisations, name="my_organisations"),
    path("organisations/register/", organisations.search, name="register_organisation"),
    path("organisations/register/details/", organisations.register, name="register_organisation_details"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/claim/", organisations.claim, name="claim_organisation"),
    path("organisations/<int:pk>/edit/", organisations.edit, name="edit_organisation"),
    path("organisations/<int:pk>/people/", organisations.add_person, name="add_member"),
    path("organisations/<int:pk>/sme/", declarations.sme, name="sme_declaration"),
    path("organisations/<int:pk>/de-minimis/", declarations.de_minimis, name="de_minimis_declaration"),
    path("invitations/<int:pk>/", invitations.own_invitation, name="own_invitation"),
    path("invitations/<int:pk>/answer/", invitations.answer_own, name="answer_own_invitation"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<str:token>/answer/", invitations.answer, name="answer_invitation"),
]
