# Waybill's image: one program, of which each container does one role (WAYBILL_ROLE, or `serve --role`).
# A tag may be moved to another image, a digest not: --build-arg BASE=node:24.21.0-bookworm-slim@sha256:… as
# `docker buildx imagetools inspect node:24.21.0-bookworm-slim` shows it.
ARG BASE=node:24.21.0-bookworm-slim

FROM ${BASE} AS packages
WORKDIR /waybill
COPY package.json package-lock.json .npmrc ./
# Without the private PostgreSQL (an optional dependency) and with nobody's install scripts.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${BASE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 WAYBILL_DATA=/data
WORKDIR /waybill
COPY --from=packages /waybill/node_modules node_modules
COPY package.json ./
COPY domain domain
COPY commands commands
COPY projections projections
COPY api api
COPY infra infra
# Keys, uploaded files and the administrator's token: a volume that is made from this folder has its owner.
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "infra/docker/health.js", "/healthz"]
ENTRYPOINT ["node", "infra/waybill.js"]
CMD ["serve"]
