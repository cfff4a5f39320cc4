"""What surrounds every page: components, headers, refusals, compression."""

import gzip

import pytest
from django.template import engines
from django.template.loader import get_template
from django.urls import reverse


def render(source, **context):
    return engines["django"].from_string(source).render(context)


def test_a_component_renders_with_its_slot_and_attributes():
    html = get_template("portal/error.html").render({"headline": "标题", "advice": "内容"})
    assert '<section class="card">' in html
    assert "<h1>标题</h1>" in html
    assert "<c-" not in html


def test_every_template_compiles(portal_templates):
    for name in portal_templates:
        get_template(name)


@pytest.mark.parametrize(
    ("yuan", "text"),
    [
        (None, "—"),
        (8_500, "8,500 元"),
        (10_000, "1 万元"),
        (5_123_400, "512.34 万元"),
        (120_000_000, "1.2 亿元"),
    ],
)
def test_money_reads_in_the_unit_people_use(yuan, text):
    assert render("{{ yuan|money }}", yuan=yuan) == text


def test_instants_are_shown_in_local_time():
    assert render("{{ at|moment }}", at="2026-11-28T16:05:00Z") == "2026年11月29日 00:05"


def test_pages_stay_out_of_caches_and_allow_nothing_from_elsewhere(browse, firm_actor):
    answer = browse(firm_actor).get(reverse("portal:firm"))
    assert "no-store" in answer.headers["Cache-Control"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_page_that_does_not_exist_says_what_to_do(browse, firm_actor):
    answer = browse(firm_actor).get("/nowhere/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


def test_programs_still_get_a_problem_document(db, client):
    answer = client.get("/api/v1/nowhere/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_first_load_is_small(browse, firm_actor):
    """Page, style sheet and scripts together stay below 80 kB compressed."""
    client = browse(firm_actor)
    html = client.get(reverse("portal:firm")).content.decode()
    files = [part.split('"')[0] for part in html.split('"/static/')[1:]]
    assert any(name.endswith(".css") for name in files)
    assert any("htmx" in name for name in files)
    size = len(gzip.compress(html.encode()))
    for name in files:
        answer = client.get(f"/static/{name}")
        size += len(gzip.compress(b"".join(answer.streaming_content)))
    assert size < 80_000


def test_files_travel_compressed(db, client):
    answer = client.get("/static/portal/portal.css", headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    answer.close()
