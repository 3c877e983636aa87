# syntax=docker/dockerfile:1

FROM node:24-slim AS front
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.13-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements/production.txt /tmp/production.txt
RUN /venv/bin/pip install --require-hashes --no-deps --requirement /tmp/production.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=screening.settings \
    STATIC_ROOT=/app/var/static \
    MEDIA_ROOT=/files \
    OPENBLAS_NUM_THREADS=1
RUN useradd --system --uid 10001 --create-home screening \
    && install -d -o screening -g screening -m 0700 /files /app /app/var
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=front /app/node_modules ./node_modules
COPY manage.py ./
COPY screening ./screening
COPY rubrics ./rubrics
COPY candidates ./candidates
COPY templates ./templates
COPY static ./static
USER screening
# Values that only this step needs: collecting files reads settings and connects to nothing.
RUN SCREENING_URL=https://build.invalid SECRET_KEY=build-only-build-only-build-only-build-only-build-only \
    DATABASE_URL=postgres://build/build REDIS_URL=redis://build EMAIL_URL=dummymail:// \
    DEFAULT_FROM_EMAIL=build@build.invalid \
    python manage.py collectstatic --no-input --verbosity 0
VOLUME /files
EXPOSE 8000
CMD ["gunicorn", "screening.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", \
     "--threads", "4", "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
