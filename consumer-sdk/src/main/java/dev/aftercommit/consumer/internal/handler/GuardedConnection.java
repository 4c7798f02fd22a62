package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Savepoint;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection that does not let a handler end the transaction, since the checkpoint has to be committed with the
 * handler's effect. Savepoints are free to use.
 */
final class GuardedConnection implements InvocationHandler {
    private static final Set<String> REFUSED = Set.of("commit", "close", "abort", "setAutoCommit");

    private final Connection connection;
    private final Connection proxy;
    private volatile boolean ended;

    GuardedConnection(Connection connection) {
        this.connection = connection;
        this.proxy = (Connection)
                Proxy.newProxyInstance(Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
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
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private void refuse(Method method) {
        if (ended) {
            throw refused(
                    method, "was called after the handler had returned. Use the transaction only in the handler.");
        }
        boolean wholeRollback = method.getName().equals("rollback") && !takesSavepoint(method);
        if (wholeRollback || REFUSED.contains(method.getName())) {
            throw refused(
                    method,
                    "was called in a handler, but the transaction ends with the checkpoint in it, after the handler."
                            + " Remove the call: return to commit, throw to roll back and be called again,"
                            + " use a savepoint to roll back a part.");
        }
    }

    private static boolean takesSavepoint(Method method) {
        return method.getParameterCount() == 1 && method.getParameterTypes()[0] == Savepoint.class;
    }

    private static AftercommitException refused(Method method, String why) {
        return new AftercommitException(ErrorCode.INVALID_HANDLER, "Connection." + method.getName() + " " + why);
    }
}
