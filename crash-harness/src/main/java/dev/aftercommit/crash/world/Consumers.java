package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** The service that handles the events: its database, its instances and its dead letters. Thread-safe. */
public final class Consumers implements AutoCloseable {
    private final PostgresServer postgres;
    private final List<ConsumerInstance> instances = new ArrayList<>();
    private final DeadEvents deadEvents;

    private Consumers(PostgresServer postgres) {
        this.postgres = postgres;
        this.deadEvents = new DeadEvents(database());
    }

    static Consumers start(int count, ConsumerProgram program, Broker broker, long poison, Path folder)
            throws IOException {
        Consumers consumers = new Consumers(program.database().start());
        try {
            for (int i = 1; i <= count; i++) {
                consumers.startInstance("consumer-" + i, program, broker, poison, folder);
            }
        } catch (IOException | RuntimeException e) {
            consumers.close();
            throw e;
        }
        return consumers;
    }

    private void startInstance(String name, ConsumerProgram program, Broker broker, long poison, Path folder)
            throws IOException {
        Links links = new Links(postgres, broker);
        Map<String, String> settings = Map.of(
                "DATABASE_URL", links.jdbcUrl(DatabaseTemplate.INBOX),
                "DATABASE_USER", postgres.user(),
                "DATABASE_PASSWORD", postgres.password(),
                "NATS_URL", links.natsUrl(),
                "INSTANCE", name,
                "SEED", Long.toString(poison));
        KeptProcess process = new KeptProcess(name, () -> program.start(name, settings, folder.resolve(name + ".log")));
        instances.add(new ConsumerInstance(process, links));
        process.start();
    }

    public PostgresServer postgres() {
        return postgres;
    }

    /** The service's database, reached directly. */
    public DataSource database() {
        return postgres.dataSource(DatabaseTemplate.INBOX);
    }

    public List<ConsumerInstance> instances() {
        return List.copyOf(instances);
    }

    public DeadEvents deadEvents() {
        return deadEvents;
    }

    @Override
    public void close() {
        instances.forEach(ConsumerInstance::close);
        postgres.kill();
        postgres.close();
    }
}
