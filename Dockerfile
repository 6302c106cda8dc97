# The gateway as an image: docker build -t tcproute . (docs/operate.md has how to run it). scripts/dockerfile-steps.sh runs these
# steps without Docker, so each RUN has relative paths.
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund
RUN ln -s tcproute.js bin/tcproute

FROM node:22-bookworm-slim
COPY --from=build /build/bin /opt/tcproute/bin
COPY --from=build /build/dist/program /opt/tcproute/dist/program
COPY --from=build /build/node_modules /opt/tcproute/node_modules
COPY --from=build /build/package.json /build/LICENSE /opt/tcproute/
ENV PATH=/opt/tcproute/bin:$PATH
# config.json in this folder is read if there is one. Every key can also be set in the environment.
WORKDIR /etc/tcproute
# The user "node" of the image.
USER 1000:1000
EXPOSE 7070
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["tcproute", "check", "--alive"]
ENTRYPOINT ["tcproute"]
