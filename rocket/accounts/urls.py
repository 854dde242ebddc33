from django.urls import path

from rocket.accounts import views

urlpatterns = [
    path("account/", views.my_account, name="my_account"),
    path("account/sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("i18n/setlang/", views.set_language, name="set_language"),
]
