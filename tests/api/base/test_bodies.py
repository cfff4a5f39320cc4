"""JSON bodies that JSON libraries disagree about."""

import json
import time

import pytest

URL = "/api/v1/keys/"


def post(client, body: bytes, content_type: str = "application/json"):
    return client.generic("POST", URL, body, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"{", "malformed_body", None),
        (b"{} {}", "malformed_body", None),
        (b"[]", "object_expected", None),
        (b"null", "object_expected", None),
        (b'"text"', "object_expected", None),
        (b"\xff\xfe{}", "malformed_body", None),
        (b'{"name": "\xed\xa0\x80"}', "malformed_body", None),
        (b'{"name": "a\x00b"}', "malformed_body", None),
        (b"\xef\xbb\xbf{}", "malformed_body", None),
        (b'{"days": 01}', "malformed_body", None),
        (b"{'days': 1}", "malformed_body", None),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep", None),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too_deep", None),
        (b"[" * 1_000_000, "too_deep", None),
        (b'{"days": 1, "days": 2}', "duplicate_key", "days"),
        (b'{"days": NaN}', "not_a_number", "days"),
        (b'{"days": -Infinity}', "not_a_number", "days"),
        (b'{"days": 1' + b"0" * 400 + b"}", "out_of_range", "days"),
        (b'{"days": 1e400}', "out_of_range", "days"),
        (b'{"days": 9223372036854775808}', "out_of_range", "days"),
        (b'{"days": -9223372036854775808}', "out_of_range", "days"),
        (b'{"days": 9223372036854775807}', "max_value", "days"),
        (b'{"name": "\\u0000"}', "bad_character", "name"),
        (b'{"name": "\\ud800"}', "bad_character", "name"),
        (b'{"x": [{"y": "\\udfff"}]}', "bad_character", "x.0.y"),
        (b'{"\\u0000": 1}', "bad_character", "\ufffd"),
        (b'{"nonsense": 1}', "unknown_field", "nonsense"),
        (b'{"days": {}}', "invalid", "days"),
        (b'{"days": true}', "invalid", "days"),
        (b'{"name": ["a"]}', "invalid", "name"),
        (b'{"name": null}', "null", "name"),
    ],
)
def test_each_is_refused_with_a_reason(firm_client, body, code, field):
    answer = post(firm_client, body)

    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    errors = {(error["field"], error["code"]) for error in problem["errors"]}
    assert ((field, code) in errors) if field else problem["code"] == code
    assert problem["detail"]


def test_every_wrong_field_is_named_at_once(firm_client):
    answer = post(firm_client, b'{"days": 0, "name": 5, "colour": "red", "owner": 1}')

    errors = {error["field"]: error["code"] for error in answer.json()["errors"]}
    assert errors == {
        "days": "min_value",
        "name": "invalid",
        "colour": "unknown_field",
        "owner": "unknown_field",
    }


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({f"k{n}": 1 for n in range(50_000)}),
        "{" + ",".join(f'"k{n}": 1, "k{n}": 1' for n in range(5_000)) + "}",
        json.dumps({"x" * 1_000_000: 1}),
    ],
)
def test_the_answer_stays_short_however_much_is_wrong(firm_client, body):
    answer = post(firm_client, body.encode())

    problem = answer.json()
    assert (answer.status_code, len(answer.content) < 64 * 1024) == (400, True)
    assert 1 <= len(problem["errors"]) <= 200
    assert len(problem["errors"]) == 1 or "只列出前 200 处" in problem["detail"]


def test_a_surrogate_pair_is_a_character(firm_client):
    answer = post(firm_client, b'{"name": "\\ud83d\\ude00"}')

    assert answer.json()["name"] == "😀"


@pytest.mark.parametrize("size_mb", [3, 10])
def test_a_body_beyond_the_limit_is_too_large(firm_client, size_mb):
    answer = post(firm_client, b'{"name": "' + b"a" * (size_mb * 1024 * 1024) + b'"}')

    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data"])
def test_other_content_types_are_not_read(firm_client, content_type):
    answer = post(firm_client, b"{}", content_type=content_type)

    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "' + b'\\"' * 1_000_000,
        b'{"name": "' + b"[" * 2_000_000 + b'"}',
        b"{" + b",".join(b'"k%d": 1, "k%d": 1' % (n, n) for n in range(60_000)) + b"}",
        b'{"days": ' + b"9" * 2_000_000 + b"}",
    ],
)
def test_no_body_takes_long_to_refuse(firm_client, body):
    started = time.process_time()

    assert post(firm_client, body).status_code == 400
    assert time.process_time() - started < 5


def test_depth_counts_only_outside_texts(firm_client):
    answer = post(firm_client, json.dumps({"name": "[{" * 29}).encode())

    assert answer.status_code == 201
