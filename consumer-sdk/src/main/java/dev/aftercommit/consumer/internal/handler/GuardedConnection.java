package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection that does not let a handler end the transaction, neither by a method nor by a statement, since the checkpoint
 * has to be committed with the handler's effect. Savepoints are free to use. Whoever unwraps it can end the transaction all
 * the same; that is found before the checkpoint is moved.
 */
final class GuardedConnection implements InvocationHandler {
    private static final Set<String> REFUSED = Set.of("commit", "close", "abort", "setAutoCommit");
    private static final String REMEDY =
            " in a handler, but the transaction ends with the checkpoint in it, after the handler."
                    + " Remove it: return to commit, throw to roll back and be called again, use a savepoint to roll back a part.";

    private final Connection connection;
    private final Connection proxy;
    private volatile boolean ended;

    GuardedConnection(Connection connection) {
        this.connection = connection;
        this.proxy = proxy(Connection.class, this);
    }

    Connection proxy() {
        return proxy;
    }

    /** From now on the proxy refuses everything: the connection is somebody else's. */
    void end() {
        ended = true;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // one proxy for each guard
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
        switch (method.getName()) {
            case "equals" -> {
                return arguments != null && self == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(self);
            }
            case "toString" -> {
                return "the transaction of a handler";
            }
            case "isClosed" -> {
                return ended || connection.isClosed();
            }
            default -> refuse(method);
        }
        refuseText(arguments);
        return guarded(call(connection, method, arguments));
    }

    private void refuse(Method method) {
        requireRunning("Connection." + method.getName());
        boolean wholeRollback = method.getName().equals("rollback") && !takesSavepoint(method);
        if (wholeRollback || REFUSED.contains(method.getName())) {
            throw refused("Connection." + method.getName() + " was called" + REMEDY);
        }
    }

    private void requireRunning(String what) {
        if (ended) {
            throw refused(
                    what + " was called after the handler had returned. Use the transaction only in the handler.");
        }
    }

    private static boolean takesSavepoint(Method method) {
        return method.getParameterCount() == 1 && method.getParameterTypes()[0] == Savepoint.class;
    }

    /** Of all that take a text, only those that take SQL can be given any that ends a transaction. */
    private static void refuseText(Object @Nullable [] arguments) {
        if (arguments != null
                && arguments.length > 0
                && arguments[0] instanceof String sql
                && TransactionControl.endsTransaction(sql)) {
            throw refused("A statement that ends the transaction was executed" + REMEDY);
        }
    }

    private @Nullable Object guarded(@Nullable Object result) {
        return switch (result) {
            case CallableStatement statement -> proxy(CallableStatement.class, new GuardedStatement(statement));
            case PreparedStatement statement -> proxy(PreparedStatement.class, new GuardedStatement(statement));
            case Statement statement -> proxy(Statement.class, new GuardedStatement(statement));
            case null, default -> result;
        };
    }

    /** Leads back to the guarded connection. */
    private final class GuardedStatement implements InvocationHandler {
        private final Statement statement;

        GuardedStatement(Statement statement) {
            this.statement = statement;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // one proxy for each statement
        public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
            return switch (method.getName()) {
                case "equals" -> arguments != null && self == arguments[0];
                case "hashCode" -> System.identityHashCode(self);
                case "getConnection" -> proxy;
                case "execute", "executeUpdate", "executeLargeUpdate", "executeQuery", "addBatch" -> {
                    requireRunning("Statement." + method.getName());
                    refuseText(arguments);
                    yield call(statement, method, arguments);
                }
                default -> call(statement, method, arguments);
            };
        }
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(GuardedConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static AftercommitException refused(String what) {
        return new AftercommitException(ErrorCode.INVALID_HANDLER, what);
    }
}
