"""The roles that a programme gives to people. Applicants need none: what they may do follows from their organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    MANAGER = "manager", _("Programme manager")
    CONSULTANT = "consultant", _("Consultant")
    ASSESSOR = "assessor", _("Assessor")
    CONTROLLER = "controller", _("Controller")
    AUDITOR = "auditor", _("Auditor")
