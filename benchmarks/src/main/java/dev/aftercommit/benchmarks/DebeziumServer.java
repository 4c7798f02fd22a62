package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.Cache;
import dev.aftercommit.localservers.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Debezium Server with its outbox event router and its NATS JetStream sink; settings at their defaults. */
record DebeziumServer(Path folder) implements Contender {
    private static final String VERSION = "3.6.0.Final";
    private static final String ARTIFACT = "io.debezium:debezium-server-dist:" + VERSION + ":tar.gz";
    private static final String UNPACK = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:unpack";

    /** Lets Maven download it, 781 MB, into its local repository, and unpacks it into the cache folder, both once. */
    static DebeziumServer prepare() throws IOException, InterruptedException {
        Path folder = Cache.folder().resolve("debezium-server-" + VERSION);
        Path done = folder.resolve("complete");
        if (!Files.exists(done)) {
            Files.createDirectories(folder);
            Progress.say("Unpacking Debezium Server " + VERSION + " into " + folder
                    + "; if it is not in Maven's local repository yet, 781 MB are downloaded.");
            Process maven = new ProcessBuilder(
                            "mvn",
                            "-q",
                            "-B",
                            "-ntp",
                            UNPACK,
                            "-Dartifact=" + ARTIFACT,
                            "-DoutputDirectory=" + folder,
                            "-Dmdep.unpack.includes=debezium-server/*.jar,debezium-server/lib/*.jar")
                    // Not in the project's folder, whose POM is none of its business.
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("maven.log").toFile())
                    .start();
            if (maven.waitFor() != 0) {
                throw new IllegalStateException("Maven could not get " + ARTIFACT + "; see "
                        + folder.resolve("maven.log") + "\n" + Files.readString(folder.resolve("maven.log")));
            }
            Files.createFile(done);
        }
        return new DebeziumServer(folder.resolve("debezium-server"));
    }

    @Override
    public String name() {
        return "Debezium Server " + VERSION;
    }

    @Override
    public String slot() {
        return "debezium_server";
    }

    @Override
    public String stream() {
        return "DEBEZIUM_SERVER";
    }

    @Override
    public String subjects() {
        return "debezium-server.>";
    }

    @Override
    public JavaProcess start(Servers servers) {
        List<String> jvmArgs = new ArrayList<>(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        settings(servers).forEach((key, value) -> jvmArgs.add("-D" + key + "=" + value));
        return JavaProcess.builder()
                .classpath(runner() + File.pathSeparator + folder.resolve("lib") + File.separator + "*")
                .mainClass("io.debezium.server.Main")
                .jvmArgs(jvmArgs.toArray(String[]::new))
                .name(name())
                .start();
    }

    private Map<String, String> settings(Servers servers) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("debezium.sink.type", "nats-jetstream");
        settings.put("debezium.sink.nats-jetstream.url", servers.nats().url());
        settings.put("debezium.sink.nats-jetstream.create-stream", "false");
        settings.put("debezium.source.connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        settings.put("debezium.source.offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        settings.put("debezium.source.topic.prefix", "bench");
        settings.put("debezium.source.database.hostname", "localhost");
        settings.put(
                "debezium.source.database.port",
                Integer.toString(servers.postgres().port()));
        settings.put("debezium.source.database.user", servers.postgres().user());
        settings.put("debezium.source.database.password", servers.postgres().password());
        settings.put("debezium.source.database.dbname", Servers.SOURCE);
        settings.put("debezium.source.plugin.name", "pgoutput");
        settings.put("debezium.source.slot.name", slot());
        settings.put("debezium.source.publication.name", "outbox");
        settings.put("debezium.source.publication.autocreate.mode", "disabled");
        settings.put("debezium.source.table.include.list", "outbox\\.event");
        settings.put("debezium.source.snapshot.mode", "no_data");
        // Our relay's heartbeats are in the WAL that it drains; they would go to a subject that no stream takes, which
        // ends it.
        settings.put("debezium.source.message.prefix.exclude.list", "aftercommit\\..*");
        settings.put("debezium.source.tombstones.on.delete", "false");
        settings.put("debezium.transforms", "outbox");
        settings.put("debezium.transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter");
        settings.put("debezium.transforms.outbox.table.field.event.id", "id");
        settings.put("debezium.transforms.outbox.table.field.event.key", "aggregate_id");
        settings.put("debezium.transforms.outbox.table.field.event.payload", "payload");
        settings.put("debezium.transforms.outbox.table.fields.additional.placement", "event_type:header:type");
        settings.put("debezium.transforms.outbox.route.by.field", "aggregate_type");
        // The backslash keeps Quarkus from looking for a setting of that name.
        settings.put("debezium.transforms.outbox.route.topic.replacement", "debezium-server.\\${routedByValue}");
        settings.put("quarkus.log.console.json", "false");
        settings.put("quarkus.http.port", "0");
        return settings;
    }

    private Path runner() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(folder + " holds no runner"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
