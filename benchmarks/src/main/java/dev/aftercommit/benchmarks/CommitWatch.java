package dev.aftercommit.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Notes when the transaction that handled an event was committed: a handler itself runs before that. */
final class CommitWatch {
    private final ObjLongConsumer<LoadEvent> committed;
    private final ThreadLocal<List<LoadEvent>> handled = ThreadLocal.withInitial(ArrayList::new);

    CommitWatch(ObjLongConsumer<LoadEvent> committed) {
        this.committed = committed;
    }

    /** Called by the handler, on the thread that commits after it. */
    void handled(LoadEvent event) {
        handled.get().add(event);
    }

    /** The same data source, whose connections are watched. */
    DataSource watching(DataSource source) {
        return proxy(DataSource.class, (method, arguments) -> {
            Object result = call(source, method, arguments);
            return result instanceof Connection connection ? watching(connection) : result;
        });
    }

    private Connection watching(Connection connection) {
        return proxy(Connection.class, (method, arguments) -> {
            Object result = call(connection, method, arguments);
            if (method.getName().equals("commit")) {
                long at = System.nanoTime();
                handled.get().forEach(event -> committed.accept(event, at));
                handled.get().clear();
            } else if (method.getName().equals("rollback")) {
                handled.get().clear();
            }
            return result;
        });
    }

    private interface Call {
        @Nullable
        Object on(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                CommitWatch.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> call.on(method, arguments)));
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
