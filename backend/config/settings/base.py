"""Settings that every environment shares; the others import this and say what differs."""

from datetime import timedelta
from pathlib import Path

from csp import constants as csp

from backend.config import env, mail, store
from backend.config.schedule import BEAT_SCHEDULE
from matching.vocabulary import QUALIFICATIONS, STAGES, VERDICTS

BASE_DIR = Path(__file__).resolve().parents[3]
FIXTURES_DIR = BASE_DIR / "fixtures"

DEBUG = False
# Demonstration mode: made-up firms, needs and accounts exist, and answers mark them.
KERONG_DEMO = env.flag("KERONG_DEMO", default=False)

ALLOWED_HOSTS = env.words("KERONG_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("KERONG_TRUSTED_ORIGINS", "")
ROOT_URLCONF = "backend.config.urls"
WSGI_APPLICATION = "backend.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "backend.journal",
    "backend.accounts",
    "backend.reference",
    "backend.organizations",
    "backend.partners",
    "backend.announcements",
    "backend.firms",
    "backend.catalogue",
    "backend.needs",
    "backend.consents",
    "backend.recommendations",
    "backend.ranking",
    "backend.matches",
    "backend.referrals",
    "backend.activities",
    "backend.learning",
    "backend.data_requests",
    "backend.webhooks",
    "backend.filings",
    "backend.exchange",
    "backend.reports",
    "backend.notifications",
    "backend.api",
    "backend.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "backend.portal.compression.PageGZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backend.api.middleware.RequestGuardMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "backend.portal.middleware.ActorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

# Cotton's components and Django's own loaders, named one by one: with their automatic set-up
# several packages replace each other's loaders, and components render as nothing.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "backend.portal.context.frame",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "backend.portal.templatetags.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
LOGIN_URL = "portal:sign_in"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- people and keys ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_VERBOSE = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "backend.web.clients.address_of"
AXES_LOCKOUT_CALLABLE = "backend.config.errors.locked_out"
# Whose people work with firms' data of others: a password alone is not enough.
SECOND_FACTOR_ROLES = env.words("KERONG_SECOND_FACTOR_ROLES", "")
OTP_TOTP_ISSUER = "科融对接"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "backend.config.errors.form_ran_out"
SESSION_COOKIE_SAMESITE = "Lax"

# --- language and time ---
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- files ---
STATIC_URL = "/static/"
# The few files are served from the packages that carry them; nothing has to be collected.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600

# --- limits on input: what one request may make the platform hold or walk through ---
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
REQUEST_JSON_MAX_DEPTH = 32
# A workbook of 10 MiB and the form around it.
REQUEST_UPLOAD_MAX_SIZE = 11 * 1024 * 1024

# --- API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.api.authentication.KeyAuthentication",
        "backend.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["backend.api.permissions.ActorPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backend.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "backend.api.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["backend.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "backend.api.schema.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "backend.api.throttling.ActorThrottle",
        "backend.api.throttling.AnonymousThrottle",
    ],
    "DEFAULT_METADATA_CLASS": None,
    # How many proxies stand before the platform; their X-Forwarded-For is read only then.
    "NUM_PROXIES": env.integer("KERONG_PROXIES", 0),
    "DEFAULT_THROTTLE_RATES": {"actor": "600/min", "anonymous": "60/min"},
    "EXCEPTION_HANDLER": "backend.api.errors.problem_handler",
    "PAGE_SIZE": 50,
    # Instants leave as they are stored, in UTC; REST framework would turn them into local time.
    "DATETIME_FORMAT": None,
}
KNOX_TOKEN_MODEL = "accounts.ApiKey"  # noqa: S105 - the name of a model
# Its migrations would make a table of keys that nobody uses and that refers to users.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {"TOKEN_PREFIX": "kr_"}
SPECTACULAR_SETTINGS = {
    "TITLE": "科融对接 API",
    "DESCRIPTION": (
        "吉林省科技企业融资需求与金融产品的信息共享与匹配推荐。推荐不构成担保或信用评价。"
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    # The page would otherwise ask an outside validator about the document.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    # Names for code lists that appear under several field names, or several under one.
    "ENUM_NAME_OVERRIDES": {
        "AuthorityBasis": "backend.organizations.enums.AuthorityBasis.choices",
        "OrganizationKind": "backend.organizations.enums.OrganizationKind.choices",
        "NeedStatus": "backend.needs.enums.NeedStatus.values",
        "ReferralStatus": "backend.referrals.enums.ReferralStatus.values",
        "FactSource": "backend.firms.enums.FactSource.choices",
        "EvaluationKind": "backend.firms.enums.EvaluationKind.choices",
        "EvaluationSource": "backend.firms.enums.EvaluationSource.choices",
        "DataRequestKind": "backend.data_requests.enums.RequestKind.choices",
        "DataRequestStatus": "backend.data_requests.enums.RequestStatus.choices",
        "FieldGroup": "backend.consents.enums.FieldGroup.choices",
        "ConsentDirection": "backend.consents.enums.Direction.choices",
        "DisclosureChannel": "backend.consents.enums.Channel.choices",
        "ConsentStatus": "backend.consents.enums.ConsentStatus.choices",
        "AgreementStatus": "backend.partners.enums.AgreementStatus.choices",
        "ListKind": "backend.referrals.enums.ListKind.choices",
        "ListStatus": "backend.referrals.enums.ListStatus.choices",
        "RowOrigin": "backend.referrals.enums.RowOrigin.choices",
        "VersionOrigin": "backend.catalogue.enums.VersionOrigin.choices",
        "EndpointStatus": "backend.webhooks.enums.EndpointStatus.choices",
        "DeliveryStatus": "backend.webhooks.enums.MessageStatus.choices",
        "RecommendationStatus": "backend.recommendations.enums.RecommendationStatus.choices",
        "RecommendationAct": "backend.recommendations.enums.RecommendationAct.choices",
        "EntryStandard": "backend.recommendations.enums.EntryStandard.choices",
        "DepartmentLevel": "backend.organizations.enums.DepartmentLevel.choices",
        "Agency": "backend.organizations.enums.Agency.choices",
        "PeriodKind": "backend.filings.enums.PeriodKind.choices",
        "IndicatorUnit": "backend.filings.enums.Unit.choices",
        "Measure": "backend.filings.enums.Measure.choices",
        "MailChoice": "backend.notifications.enums.MailChoice.choices",
        "Stage": list(STAGES.items()),
        "Qualification": list(QUALIFICATIONS.items()),
        "AnyVerdict": list(VERDICTS.items()),
        "AnnouncementStatus": "backend.announcements.enums.AnnouncementStatus.choices",
        "ActivityKind": "backend.activities.enums.ActivityKind.choices",
        "ActivityStatus": "backend.activities.enums.ActivityStatus.choices",
        "ParticipantPart": "backend.activities.enums.Part.choices",
        "ParticipantStatus": "backend.activities.enums.ParticipationStatus.choices",
        "ProjectStatus": "backend.activities.enums.ProjectStatus.choices",
        # A class inside a model; no dotted path leads there.
        "RegionLevel": [("province", "省级"), ("city", "地级"), ("county", "县级")],
        "IntentLevel": "backend.activities.enums.IntentLevel.choices",
        "FirmAnswer": "backend.activities.enums.FirmAnswer.choices",
        # How a need and a product come to suit each other, or cease to, on a day.
        "ShiftKind": ["gained", "lost", "moved"],
    },
}

# --- background work: the database is the truth, the broker only wakes up ---
CELERY_BROKER_URL = env.text("BROKER_URL", "memory://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A publish must not hold a web request while the broker is away; the sweep finds the row.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    # By default a publish tries for six seconds to reach a broker that is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# --- webhooks ---
# What signing secrets are derived from, the newest first; the secret key while there is none.
WEBHOOK_KEYS = env.words("KERONG_WEBHOOK_KEYS", "")
WEBHOOK_PORTS = env.ports("KERONG_WEBHOOK_PORTS", "443,8443")
# Lets messages go to this very machine, also over http and to any port: tests, demonstration.
WEBHOOK_ALLOW_LOOPBACK = env.flag("KERONG_WEBHOOK_LOOPBACK", default=False)

# --- reports ---
# A sum is shown to everybody only where at least so many firms and institutions stand behind it.
REPORTS_PUBLIC_LEAST = env.integer("KERONG_PUBLIC_LEAST", 5, minimum=3)
# A Word template that the department edited; the one that comes along while there is none.
REPORT_TEMPLATE = env.text("KERONG_REPORT_TEMPLATE", "")

# --- notifications and mail ---
# Nothing is sent while EMAIL_URL is empty; the inbox works without it.
_MAIL_SERVER = mail.from_url(env.text("EMAIL_URL", ""))
MAIL_ENABLED = _MAIL_SERVER.is_enabled
EMAIL_BACKEND = _MAIL_SERVER.backend
EMAIL_FILE_PATH = _MAIL_SERVER.folder
EMAIL_HOST, EMAIL_PORT = _MAIL_SERVER.host, _MAIL_SERVER.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL_SERVER.user, _MAIL_SERVER.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL_SERVER.use_ssl, _MAIL_SERVER.use_tls
EMAIL_TIMEOUT = mail.TIMEOUT_SECONDS
DEFAULT_FROM_EMAIL = env.text("KERONG_MAIL_FROM", "科融对接 <noreply@kerong.invalid>")
# How people call the platform; mails lead there.
PUBLIC_URL = env.text("KERONG_PUBLIC_URL", "http://127.0.0.1:8000")
MAIL_DIGEST_HOUR = env.integer("KERONG_DIGEST_HOUR", 8)
# With fewer outcomes, or fewer that were financed, the platform ranks by rules.
RANKING_LEAST_OUTCOMES = env.integer("KERONG_RANKING_LEAST_OUTCOMES", 200, minimum=50)
RANKING_LEAST_FUNDED = env.integer("KERONG_RANKING_LEAST_FUNDED", 50, minimum=20)
NOTIFICATION_READ_DAYS = env.integer("KERONG_NOTIFICATION_READ_DAYS", 90, minimum=1)
NOTIFICATION_UNREAD_DAYS = env.integer("KERONG_NOTIFICATION_UNREAD_DAYS", 365, minimum=1)
# Records of delivery are kept for three years at least.
MAIL_RECORD_DAYS = env.integer("KERONG_MAIL_RECORD_DAYS", 1_100, minimum=1_096)

# --- how long things are kept; the law's own times are the least that can be set ---
# Sign-ins, log files and what was relayed: six months (网络安全法).
KEEP_LOG_DAYS = env.integer("KERONG_KEEP_LOG_DAYS", 400, minimum=184)
# What was delivered to whom: three years (个人信息保护法第五十六条, 网络数据安全管理条例第十二条).
KEEP_DELIVERY_DAYS = env.integer("KERONG_KEEP_DELIVERY_DAYS", 1_461, minimum=1_096)
# Answers to requests with an Idempotency-Key: as long as a caller may still repeat them.
KEEP_IDEMPOTENCY_HOURS = env.integer("KERONG_KEEP_IDEMPOTENCY_HOURS", 24, minimum=24)

# --- counters of the throttle: shared by all processes where the broker can keep them ---
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "throttle": store.throttle_cache(CELERY_BROKER_URL),
}

# --- transport security; prod switches the https parts on ---
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Pages take everything from this host and run no script of their own; the API's documentation
# brings its own script and stands apart.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/api/"],
    "DIRECTIVES": {
        "default-src": [csp.NONE],
        "script-src": [csp.SELF],
        "style-src": [csp.SELF],
        "img-src": [csp.SELF, "data:"],
        "connect-src": [csp.SELF],
        "form-action": [csp.SELF],
        "frame-ancestors": [csp.NONE],
        "base-uri": [csp.NONE],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "backend.config.log_lines.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("KERONG_LOG_LEVEL", "INFO")},
    "loggers": {
        # The access log has every refusal already; here only what the platform did wrong.
        "django.request": {"level": "ERROR"},
        # Says at each start which version it is.
        "axes.apps": {"level": "WARNING"},
    },
}
