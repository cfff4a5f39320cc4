"""A machine of one's own: what `kerong up` and `manage.py` run with.

The secret key comes from the environment (`kerong up` makes one per data folder). A command
that serves nobody (`check`, `makemigrations`) runs with a random one that dies with it.
"""

import secrets

from backend.config import database, env
from backend.config.settings.base import *  # noqa: F403 - settings modules build on each other

SECRET_KEY = env.text("KERONG_SECRET_KEY", secrets.token_urlsafe(48))
DATABASES = {
    "default": database.from_url(
        env.text("DATABASE_URL", "postgresql:///kerong"),
        pool_max=env.integer("KERONG_DB_POOL", 0),
    )
}
