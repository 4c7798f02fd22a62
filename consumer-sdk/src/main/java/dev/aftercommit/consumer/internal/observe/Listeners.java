package dev.aftercommit.consumer.internal.observe;

import dev.aftercommit.consumer.spi.ConsumerListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who listen to a consumer; whatever they throw, the consumer goes on. Thread-safe. */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final String consumer;
    private final List<Told> all = new CopyOnWriteArrayList<>();

    private record Told(ConsumerListener listener, AtomicBoolean hasFailed) {}

    /**
     * @param consumer as log lines name it
     */
    public Listeners(String consumer) {
        this.consumer = consumer;
    }

    public void add(ConsumerListener listener) {
        all.add(new Told(listener, new AtomicBoolean()));
    }

    /** The same one that was added. */
    @SuppressWarnings("ReferenceEquality") // a listener may be a record, equal to another one
    public void remove(ConsumerListener listener) {
        all.removeIf(told -> told.listener() == listener);
    }

    /** Whether nobody listens, so that nothing needs to be made ready to be told. */
    public boolean isEmpty() {
        return all.isEmpty();
    }

    public void tell(Consumer<ConsumerListener> what) {
        for (Told told : all) {
            tell(told, what);
        }
    }

    private void tell(Told told, Consumer<ConsumerListener> what) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        try {
            what.accept(told.listener());
        } catch (Throwable failure) {
            String name = told.listener().getClass().getName();
            if (told.hasFailed().compareAndSet(false, true)) {
                LOG.warn(
                        "Consumer {}: the listener {} has thrown {}. It is still called; what it throws is ignored",
                        consumer,
                        name,
                        failure.getClass().getName());
            }
            LOG.debug("Consumer {}: the listener {} has thrown", consumer, name, failure);
        } finally {
            if (!interrupted) {
                // Left interrupted by a listener, a virtual thread closes the socket of the next database call.
                boolean ignored = Thread.interrupted();
            }
        }
    }
}
