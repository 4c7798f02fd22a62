# The relay's image (the default target) and the demo's (--target demo). A clone and Docker are enough; jars that the
# host has built already (make jars) save the build in here.
FROM eclipse-temurin:25-jdk AS jars
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 tools/image-jars.sh /jars

FROM eclipse-temurin:25-jre AS java
RUN useradd --system --uid 10001 --no-create-home aftercommit
COPY --chmod=755 tools/healthy.sh /usr/local/bin/healthy
USER 10001
WORKDIR /app

FROM java AS demo
COPY --from=jars /jars/demo.jar .
# Others than this container's own processes have to reach it.
ENV DEMO_HTTP_HOST=0.0.0.0
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=50", "-jar", "demo.jar"]

# A start that loads its classes from an AOT cache takes half as long; it is recorded with the image's own java. The cache is of
# no use beside a jar of another time, so both are of one layer.
FROM postgres:17 AS recorded
COPY --from=nats:2.15-alpine /usr/local/bin/nats-server /usr/local/bin/
COPY --from=java /opt/java/openjdk /opt/java/openjdk
COPY --chmod=755 tools/record-start.sh /usr/local/bin/record-start
WORKDIR /app
COPY --from=jars /jars/outbox-relay.jar .
RUN chown postgres .
USER postgres
RUN PATH=/opt/java/openjdk/bin:$PATH record-start outbox-relay.jar outbox-relay.aot

FROM java AS relay
COPY --from=recorded /app .
EXPOSE 9464
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["healthy", "9464", "/readyz"]
ENTRYPOINT ["java", "-XX:AOTCache=outbox-relay.aot", "-jar", "outbox-relay.jar"]
CMD ["run"]
