package dev.aftercommit.testkit.internal.servers;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The servers of this JVM: started by the first who asks, and again by the first who asks after they were stopped. */
public final class SharedServers {
    /** Nobody starts it again on the same data, so it need not wait for a disk. */
    private static final Shared<PostgresServer> POSTGRES = new Shared<>(() -> PostgresServer.builder()
            .setting("fsync", "off")
            .setting("full_page_writes", "off")
            .start());

    private static final Shared<NatsServer> NATS = new Shared<>(NatsServer::start);

    private SharedServers() {}

    public static PostgresServer postgres() {
        return POSTGRES.get();
    }

    public static NatsServer nats() {
        return NATS.get();
    }

    public static void stop() {
        NATS.stop();
        POSTGRES.stop();
    }

    private static final class Shared<T extends AutoCloseable> {
        private final Supplier<T> start;
        private @Nullable T running;

        Shared(Supplier<T> start) {
            this.start = start;
        }

        synchronized T get() {
            if (running == null) {
                running = start.get();
            }
            return running;
        }

        synchronized void stop() {
            try {
                if (running != null) {
                    running.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException("A server of the tests does not stop", e);
            } finally {
                running = null;
            }
        }
    }
}
