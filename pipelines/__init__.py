"""What runs when: Prefect flows and the command line; the room that wires the others together."""

import os

# The one place that says which Django project the registry's tables live in: `django.setup()` reads it.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
