package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.consumer.UnreadablePolicy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What becomes of events that cannot be read, and how many were passed over. Thread-safe. */
public final class UnreadableEvents {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadableEvents.class);

    private final UnreadablePolicy policy;
    private final String consumer;
    private final AtomicLong passedOver = new AtomicLong();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /**
     * @param consumer as the log names it
     */
    public UnreadableEvents(UnreadablePolicy policy, String consumer) {
        this.policy = policy;
        this.consumer = consumer;
    }

    public UnreadablePolicy policy() {
        return policy;
    }

    /** That they will not come again is committed. */
    public void passedOver(List<UnreadableEventException> events) {
        passedOver.addAndGet(events.size());
        events.forEach(this::tell);
    }

    /** How many this instance has passed over. */
    public long count() {
        return passedOver.get();
    }

    private void tell(UnreadableEventException event) {
        boolean first =
                told.add(EventType.of(event.envelope()) + " " + event.envelope().eventVersion());
        LOG.atLevel(first ? Level.WARN : Level.DEBUG)
                .log(
                        "Consumer {}: event {} ({}) is skipped. {}. Others of its type and version are only counted",
                        consumer,
                        event.envelope().eventId(),
                        event.envelope().subject(),
                        event.getMessage());
    }
}
