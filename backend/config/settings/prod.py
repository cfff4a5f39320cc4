"""A deployment: everything secret is given from outside, everything served over https."""

from backend.config import database, env
from backend.config.settings.base import *  # noqa: F403 - settings modules build on each other

SECRET_KEY = env.text("KERONG_SECRET_KEY")
ALLOWED_HOSTS = env.words("KERONG_ALLOWED_HOSTS")
DATABASES = {
    "default": database.from_url(
        env.text("DATABASE_URL"), pool_max=env.integer("KERONG_DB_POOL", 8)
    )
}
CELERY_BROKER_URL = env.text("BROKER_URL")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.flag("KERONG_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000
SECOND_FACTOR_ROLES = env.words("KERONG_SECOND_FACTOR_ROLES", "department,institution")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other hosts of the same domain belong to others: not ours to promise https
    "security.W021",  # the same for the browsers' preload list
]
