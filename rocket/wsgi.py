import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rocket.settings")
application = get_wsgi_application()

from rocket.core.checks import faults_that_stop  # noqa: E402 - the apps are there now
from rocket.core.sweep import start_where_needed  # noqa: E402

if faults := faults_that_stop():
    raise ImproperlyConfigured("\n".join(faults))
start_where_needed()
