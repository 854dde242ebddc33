"""Addresses of calls: public ones and the desk's."""

from django.urls import path

from calls.views import desk, feeds, mails, public, questions

urlpatterns = [
    path("programmes/<slug:code>.css", public.colours, name="programme_colours"),
    path("calls/", public.call_list, name="calls"),
    path("calls/calendar.ics", feeds.calendar, name="calls_calendar"),
    path("calls/feed.atom", feeds.feed, name="calls_feed"),
    path("calls/<slug:slug>/calendar.ics", feeds.call_calendar, name="call_calendar"),
    path("calls/<slug:slug>/", public.call, name="call"),
    path("calls/<slug:slug>/ask/", questions.ask, name="ask_call"),
    path("desk/<slug:programme>/questions/", questions.waiting, name="desk_questions"),
    path("desk/<slug:programme>/questions/<int:pk>/", questions.answer, name="answer_question"),
    path("desk/<slug:programme>/mails/", mails.undelivered, name="desk_mails"),
    path("desk/<slug:programme>/mails/<int:pk>/arrived/", mails.arrived, name="desk_mail_arrived"),
    path("desk/<slug:programme>/mails/<int:pk>/again/", mails.again, name="desk_mail_again"),
    path("desk/<slug:programme>/calls/", desk.call_list, name="desk_calls"),
    path("desk/<slug:programme>/calls/new/", desk.create, name="desk_call_new"),
    path("desk/<slug:programme>/calls/<slug:slug>/", desk.call, name="desk_call"),
    path("desk/<slug:programme>/calls/<slug:slug>/edit/", desk.edit, name="desk_call_edit"),
    path("desk/<slug:programme>/calls/<slug:slug>/step/<slug:verb>/", desk.step, name="desk_call_step"),
]
