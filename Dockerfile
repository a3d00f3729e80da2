# One image for every process of the site; which one it is says the word after it: web, live, worker, webhooks,
# bridge, prepare (deploy/serve).
FROM python:3.13-slim AS packages
COPY requirements/uv.txt requirements/runtime.txt /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/uv.txt \
 && uv venv --python /usr/local/bin/python /opt/venv \
 && uv pip sync --require-hashes --compile-bytecode --python /opt/venv/bin/python /tmp/runtime.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /srv/deltacrown --shell /usr/sbin/nologin deltacrown \
 && install -d -o deltacrown -g deltacrown /srv/media
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 MEDIA_ROOT=/srv/media
WORKDIR /srv/deltacrown
COPY . .
# Neither is used for anything but reading the settings: no database is asked, nothing is signed.
RUN SECRET_KEY=only-to-collect-static-files DATABASE_URL=postgresql:///nothing \
    python manage.py collectstatic --noinput --verbosity 0
USER deltacrown
EXPOSE 8000 8001
ENTRYPOINT ["deploy/serve"]
CMD ["web"]
