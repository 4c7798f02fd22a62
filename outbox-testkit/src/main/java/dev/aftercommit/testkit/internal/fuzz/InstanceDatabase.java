package dev.aftercommit.testkit.internal.fuzz;

import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.internal.Patience;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** The database as one instance of a service reaches it: real connections, some of which are cut off at a commit. Thread-safe. */
final class InstanceDatabase {
    private static final String CONNECTION_FAILURE = "08006";
    private static final Patience SESSIONS_END = new Patience(Duration.ofSeconds(10), Duration.ofMillis(2));

    private final DataSource real;
    private final Commits commits;
    private final Duration patience;
    /** Each with the server's process id. */
    private final Map<Connection, Integer> open = new ConcurrentHashMap<>();

    private volatile boolean dead;

    InstanceDatabase(DataSource real, Commits commits, Duration patience) {
        this.real = real;
        this.commits = commits;
        this.patience = patience;
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (self, method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                return call(real, method, arguments);
            }
            requireAlive();
            return connection((Connection) Objects.requireNonNull(call(real, method, arguments)));
        });
    }

    private Connection connection(Connection connection) throws SQLException {
        open.put(connection, connection.unwrap(PGConnection.class).getBackendPID());
        if (dead) { // meanwhile
            throw lost(connection);
        }
        return proxy(Connection.class, (self, method, arguments) -> onConnection(connection, method, arguments));
    }

    /** Whether the instance has come to its end. */
    boolean isDead() {
        return dead;
    }

    /** Returns when the server has noticed that this instance is gone, and its transactions and locks with it. */
    void awaitSessionsEnd() {
        String pids = open.values().stream().map(String::valueOf).collect(Collectors.joining(","));
        if (!pids.isEmpty()) {
            String sessions = "SELECT count(*) FROM pg_stat_activity WHERE pid IN (" + pids + ")";
            SESSIONS_END.until(() -> Sql.query(real, sessions).getFirst().equals("0"));
        }
    }

    private @Nullable Object onConnection(Connection connection, Method method, Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "commit" -> {
                commit(connection);
                yield null;
            }
            case "close", "abort" -> {
                open.remove(connection);
                yield call(connection, method, arguments);
            }
            default -> call(connection, method, arguments);
        };
    }

    private void commit(Connection connection) throws SQLException {
        switch (commits.before(connection, patience)) {
            case NONE -> connection.commit();
            case CONNECTION_LOST -> throw lost(connection);
            case ANSWER_LOST -> {
                connection.commit();
                throw lost(connection);
            }
            case CRASH -> {
                dead = true;
                for (Connection each : open.keySet()) {
                    each.abort(Runnable::run);
                }
                throw gone();
            }
        }
    }

    private static SQLException lost(Connection connection) throws SQLException {
        connection.abort(Runnable::run);
        return gone();
    }

    private void requireAlive() throws SQLException {
        if (dead) {
            throw gone();
        }
    }

    private static SQLException gone() {
        return new SQLNonTransientConnectionException("HandlerFuzz has cut this connection off.", CONNECTION_FAILURE);
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    @SuppressWarnings("ReferenceEquality") // a pool may look for its connections
    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        InvocationHandler identity = (self, method, arguments) -> switch (method.getName()) {
            case "equals" -> arguments != null && self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> handler.invoke(self, method, arguments);
        };
        return type.cast(
                Proxy.newProxyInstance(InstanceDatabase.class.getClassLoader(), new Class<?>[] {type}, identity));
    }
}
