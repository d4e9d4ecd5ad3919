# The edge: NGINX with the built web app, before all services.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig.base.json ./
COPY packages/shared-types packages/shared-types
COPY apps/web apps/web
COPY scripts/prepare.mjs scripts/build.mjs scripts/
RUN --mount=type=cache,target=/pnpm-store \
    CI=true npx -y pnpm@12.18.0 install --frozen-lockfile --store-dir /pnpm-store --filter @orrery/web...
RUN node -e "import('/app/scripts/prepare.mjs').then(({ buildWeb }) => buildWeb())"

FROM nginx:1.26
COPY infra/nginx/nginx.conf /etc/nginx/nginx.conf
COPY infra/nginx/orrery.conf.template /etc/nginx/templates/orrery.conf.template
COPY --from=build /app/apps/web/dist /usr/share/nginx/html
RUN rm -f /etc/nginx/conf.d/* && chown nginx /etc/nginx/conf.d
ENV NGINX_ENVSUBST_FILTER=^ORRERY_ \
    ORRERY_LISTEN=8080 \
    ORRERY_WEB_ROOT=/usr/share/nginx/html \
    ORRERY_AUTH=auth:3000 \
    ORRERY_PROJECTS=projects:3000 \
    ORRERY_AGENTS=agents:3000 \
    ORRERY_SCHEDULER=scheduler:3000 \
    ORRERY_MEMORY_MCP=memory-mcp:3000 \
    ORRERY_REALTIME_GATEWAY=realtime-gateway:3000
USER nginx
EXPOSE 8080
