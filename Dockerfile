# The platform's image: web, worker and scheduler run from the same one (see compose.yaml).

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/kerong
ENV PATH=/opt/kerong/bin:$PATH
WORKDIR /app
# Dependencies first: they change less often than the code.
COPY requirements/runtime.txt requirements/
RUN pip install --require-hashes -r requirements/runtime.txt
COPY . .
RUN pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q backend matching

FROM python:3.11-slim-bookworm
# Print pages need Chinese glyphs where a browser on this side renders them.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin kerong
COPY --from=build /opt/kerong /opt/kerong
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/kerong/bin:$PATH \
    NUMBA_CACHE_DIR=/tmp/kernels \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 \
    DJANGO_SETTINGS_MODULE=backend.config.settings.prod
# Compiled here for this machine's kind of processor. Numba only reads where it may write, so
# each container begins with a copy; on another kind of processor it compiles anew.
RUN NUMBA_CACHE_DIR=/opt/kernels python -c "from matching.bulk import compile_kernels as c; c()"
USER 10001
EXPOSE 8000
# Asks under the first allowed host name; the page answers 200 only while the database does.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': os.environ['KERONG_ALLOWED_HOSTS'].split(',')[0]}), timeout=4)"]
ENTRYPOINT ["sh", "-ec", "mkdir -p /tmp/kernels && cp -R /opt/kernels/. /tmp/kernels/ && exec \"$@\"", "kerong"]
CMD ["gunicorn", "backend.config.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=backend.config.web_worker.DeadlineThreadWorker", "--workers=2", "--threads=8", "--preload", "--no-control-socket", "--worker-tmp-dir=/dev/shm", "--access-logfile=-", "--access-logformat=%(m)s %(U)s %(s)s %(M)sms"]
