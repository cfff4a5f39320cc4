"""Refusals that belong to HTTP alone; those of the domain live in `backend.common.errors`."""

from rest_framework import status
from rest_framework.exceptions import APIException


class MalformedBody(APIException):
    """The body is not what its content type promises."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "malformed_body"


class BodyTooLarge(APIException):
    """The body is longer than the platform reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"请求内容超过 {limit_bytes // (1024 * 1024)} MiB 的上限。")


class PreconditionRequired(APIException):
    """A change must say which revision it was made on."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match_required"
    default_detail = '请在 If-Match 请求头中带上读取时得到的 ETag，例如 If-Match: "3"。'


class IdempotencyKeyReused(APIException):
    """The key already stands for another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "此 Idempotency-Key 已用于另一个请求；新的请求请使用新的键。"


class RequestInProgress(APIException):
    """Another request with the same key has not finished yet."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "request_in_progress"
    default_detail = "带有相同 Idempotency-Key 的请求仍在处理，请稍后重试。"
