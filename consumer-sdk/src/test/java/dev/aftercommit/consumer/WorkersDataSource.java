package dev.aftercommit.consumer;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** A data source that gives the workers of partitions connections of their own, and everybody else ordinary ones. */
final class WorkersDataSource {
    private static final Pattern WORKER = Pattern.compile("aftercommit-directory-([0-9]+)");

    private WorkersDataSource() {}

    /**
     * @param given takes the partition whose worker was given a connection
     */
    static DataSource of(DataSource ordinary, DataSource workers, IntConsumer given) {
        return (DataSource) Proxy.newProxyInstance(
                WorkersDataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, arguments) -> {
                    Matcher worker = WORKER.matcher(Thread.currentThread().getName());
                    boolean isWorker = worker.matches();
                    try {
                        Object result = method.invoke(isWorker ? workers : ordinary, arguments);
                        if (isWorker) {
                            given.accept(Integer.parseInt(worker.group(1)));
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
