import re

import pytest
import schemathesis
from django.contrib.staticfiles import finders
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from web.wsgi import application

pytestmark = pytest.mark.django_db

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def token(stock):
    a, b, c, d = (stock.record() for _ in range(4))
    for left, right in [(a, b), (c, d), (b, c)]:
        stock.judge(stock.candidate(left, right), "same", "same")
    return stock.token("fuzzer", rate=60_000)


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_answers_agree_with_the_openapi_document(case, token):
    # A "negative" case may be an empty list under an unknown name: nothing of it is sent, the request is valid.
    # The transport of schemathesis does not unpack what it asks to be packed.
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    case.call_and_validate(headers=headers, excluded_checks=[negative_data_rejection])


def test_the_document_names_paths_security_and_faults():
    document = Client().get("/api/v1/openapi.json").json()
    assert set(document["paths"]) == {"/api/v1/identities", "/api/v1/identities/{identity_id}", "/api/v1/events"}
    assert document["components"]["securitySchemes"]["FeedToken"]["scheme"] == "bearer"
    for path in document["paths"].values():
        assert {"200", "401", "403", "422", "503"} <= set(path["get"]["responses"])


def test_the_docs_page_needs_nothing_from_elsewhere():
    response = Client().get("/api/v1/docs")
    page = response.content.decode()
    assert response.status_code == 200
    assert "https://" not in page and "http://" not in page
    assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert any(asset.endswith("swagger-ui-bundle.js") for asset in assets)
    for asset in assets:
        assert finders.find(asset.removeprefix("/static/")), asset
    scripts = re.findall(r"<script(?P<attributes>[^>]*)>", page)
    assert all("src=" in attributes or 'type="application/json"' in attributes for attributes in scripts)
    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "script-src 'self'" in policy
