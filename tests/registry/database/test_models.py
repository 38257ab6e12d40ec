"""The models as Django reads them: its own checks find nothing, and the migrations say what the models say."""

from __future__ import annotations

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def test_the_checks_of_django_pass():
    call_command("check", fail_level="ERROR")


def test_no_migration_is_lacking():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
