"""Figures without identities: a fixed cube as a page, as CSV and as a picture; there is nothing to choose."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from registry.access import permissions
from registry.models import Source, User
from registry.outcomes import counting, cube, forms
from registry.outcomes.cube import Cube, Figure
from review.sign_in.access import for_right


@require_GET
@for_right(permissions.OUTCOMES)
def page(request: HttpRequest, user: User) -> HttpResponse:
    """Show each measure with its definition, in all and by month, oblast, age and list."""
    made, language = cube.cube(), _language()
    titles = dict(Source.objects.values_list("slug", "title"))
    sections = [
        (_("By month"), _("Month"), _rows(made, "month", lambda one: one.month)),
        (_("By oblast of origin"), _("Oblast"), _rows(made, "oblast", lambda one: _oblast(one.oblast, language))),
        (_("By age reached in that year"), _("Age"), _rows(made, "age", lambda one: _age(one.age))),
        (_("By list"), _("List"), _rows(made, "list", lambda one: titles.get(one.list, one.list))),
    ]
    totals = {one.measure: one for one in made.of("all")}
    context = {
        "here": "outcomes",
        "until": made.until,
        "threshold": made.threshold - 1,
        "measures": [(one.called[language], one.definition[language], totals[one.name]) for one in counting.measures()],
        "sections": [section for section in sections if section[2]],
    }
    return render(request, "review/outcomes.html", context)


@require_GET
@for_right(permissions.OUTCOMES)
def table(request: HttpRequest, user: User) -> HttpResponse:
    """Give the whole cube as CSV with HXL tags."""
    made = cube.cube()
    response = HttpResponse(forms.as_csv(made, _language()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ridni-figures-{made.until:%Y-%m}.csv"'
    return response


@require_GET
@for_right(permissions.OUTCOMES)
def picture(request: HttpRequest, user: User) -> HttpResponse:
    """Give what was verified and told by month as a picture."""
    made = cube.cube()
    response = HttpResponse(forms.as_picture(made, _language()), content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="ridni-figures-{made.until:%Y-%m}.svg"'
    return response


def _language() -> str:
    return "uk" if (get_language() or "uk").startswith("uk") else "en"


def _rows(made: Cube, table: str, name: Callable[[Figure], str]) -> list[tuple[str, list[Figure]]]:
    """Return the rows of one table, those without any figure left out: name, and a figure for each measure."""
    found: dict[tuple[str, ...], list[Figure]] = {}
    for figure in made.of(table):
        found.setdefault((figure.month, figure.oblast, figure.age, figure.list), []).append(figure)
    return [(name(some[0]), some) for some in found.values() if any(one.value != 0 for one in some)]


def _oblast(oblast: str, language: str) -> str:
    if oblast == cube.ELSEWHERE:
        return _("outside Ukraine")
    return cube.called(oblast, language) or _("not known, or several")


def _age(age: str) -> str:
    return _("not known") if age == counting.UNKNOWN else age.replace("-", "–")
