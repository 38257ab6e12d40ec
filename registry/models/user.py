"""People who work with the registry; what a role may do says `registry.access.permissions`."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does in the team."""

    VERIFIER = "verifier", _("verifier")
    ADJUDICATOR = "adjudicator", _("adjudicator")
    LEAD = "lead", _("lead")
    DATA = "data", _("data team")
    AUDITOR = "auditor", _("auditor")
    ADMIN = "admin", _("administrator without data")


class User(AbstractUser):
    """An account; `locked_until` is set after too many wrong codes.

    `sees_location` is the right, given by name, to see where a child is now. `enrolment_code` is the SHA-256 of the
    code with which a first second factor is set up, good until `enrolment_until`; '' when there is none.
    """

    role = models.CharField(max_length=16, choices=Role.choices, default=Role.VERIFIER)
    language = models.CharField(max_length=2, choices=[("uk", "Українська"), ("en", "English")], default="uk")
    sees_location = models.BooleanField(default=False)
    failed_logins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    enrolment_code = models.CharField(max_length=64, default="", blank=True)
    enrolment_until = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = (models.CheckConstraint(name="user_known_role", condition=models.Q(role__in=Role.values)),)
