package dev.aftercommit.consumer;

/**
 * What becomes of an event that an instance of a consumer cannot hand to a handler: its payload is not what the event class
 * accepts, or an {@linkplain dev.aftercommit.contract.Upcasts upcaster} fails; its version is newer than the class, or older than
 * the oldest that the class reads; or it was parked by an instance that had a handler for its type, and this one has none.
 */
public enum UnreadablePolicy {
    /**
     * It is parked and tried again as one whose handler fails, by any instance, so that one which can read it, or a deployment
     * that makes it readable, lets it pass in its turn; later events of its aggregate wait behind it, all others go on. After
     * the last attempt it is dead. The default.
     */
    PARK,
    /**
     * It is never handled. It is counted ({@link ConsumerStatus#unreadableEvents()}), and the first one of each type and version
     * is told in the log. Also what a newer instance could have read is gone for this consumer.
     */
    SKIP,
    /**
     * Its partition waits ({@link Waiting.Reason#EVENT_UNREADABLE}) until it can be read, which as a rule takes a deployment.
     * Nothing is parked for it, and nothing has to be redriven. Where an event is parked already, because it came behind one
     * whose handler failed, it is tried as with {@link #PARK}.
     */
    WAIT
}
