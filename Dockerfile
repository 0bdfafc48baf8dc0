# Two stages: the first installs the locked libraries, the second holds what runs.
FROM python:3.12-slim AS build
WORKDIR /src
RUN pip install --no-cache-dir "uv==0.13.9"
COPY requirements.lock ./
RUN uv venv /opt/venv \
    && VIRTUAL_ENV=/opt/venv uv pip sync --require-hashes --compile-bytecode requirements.lock
COPY pyproject.toml README.md ./
COPY bot ./bot
COPY knowledge ./knowledge
COPY locales ./locales
RUN VIRTUAL_ENV=/opt/venv uv pip install --no-deps --compile-bytecode .

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home recours \
    && install -d -o recours -g recours -m 700 /data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    RECOURS_DATA=/data/recours
USER 10001
WORKDIR /home/recours
VOLUME /data
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s CMD ["recours", "status"]
CMD ["recours", "run"]
