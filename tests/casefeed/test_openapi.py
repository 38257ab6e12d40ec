import json
import re

import jsonschema
import pytest
import schemathesis
from django.contrib.staticfiles import finders
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from casefeed import document
from registry.models import Identity
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
    # A well-formed cursor of no epoch is answered 410, as the document says.
    # The transport of schemathesis does not unpack what it asks to be packed.
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    case.call_and_validate(headers=headers, excluded_checks=[negative_data_rejection, positive_data_acceptance])


def test_the_document_names_paths_security_and_problems():
    described = Client().get("/api/v1/openapi.json").json()
    assert {path.removeprefix("/api/v1") for path in described["paths"]} == {*document.ANSWERS, "/snapshot"}
    assert described["openapi"] == "3.1.0"
    assert described["components"]["securitySchemes"]["FeedToken"]["scheme"] == "bearer"
    for operations in described["paths"].values():
        for operation in operations.values():
            assert {"200", "401", "403", "422", "429", "503"} <= set(operation["responses"])
            for status, answer in operation["responses"].items():
                assert int(status) < 400 or set(answer["content"]) == {"application/problem+json"}


def test_the_examples_of_the_document_are_what_it_says_and_can_be_sent(token):
    described = Client().get("/api/v1/openapi.json").json()
    client = Client(headers={"Authorization": f"Bearer {token}"})
    executed = 0
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            ((media_type, told),) = operation["responses"]["200"]["content"].items()
            schema = {**told["schema"], "components": described["components"]}
            if "example" in told:
                jsonschema.validate(told["example"], schema, format_checker=jsonschema.FormatChecker())
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            address = path.replace("{identity_id}", str(Identity.objects.first().pk))
            sent = (json.dumps(body["example"]), "application/json") if body else ()
            answer = getattr(client, method)(address, *sent, headers={"Idempotency-Key": "example"})
            assert answer.status_code == 200 and answer["Content-Type"] == media_type, address
            if media_type.endswith("json") and not answer.streaming:
                jsonschema.validate(answer.json(), schema, format_checker=jsonschema.FormatChecker())
                executed += 1
    assert executed == len(document.ANSWERS)


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
