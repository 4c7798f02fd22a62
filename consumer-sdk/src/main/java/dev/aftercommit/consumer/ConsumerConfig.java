package dev.aftercommit.consumer;

import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.Subject;
import io.nats.client.Options;
import javax.sql.DataSource;

/** What a consumer was built with. */
record ConsumerConfig(
        Identity identity,
        DataSource dataSource,
        boolean migrate,
        Options nats,
        EventHandlers handlers,
        Backoff backoff) {

    /** The most events that share one transaction under backlog. */
    static final int MAX_BATCH = 100;

    /** Whose checkpoints they are: a consumer's name and the source that it handles. */
    record Identity(String consumer, String source) {
        String stream() {
            return Subject.streamOf(source);
        }

        @Override
        public String toString() {
            return consumer + '/' + source;
        }
    }

    static EventHandlers handlers(java.util.List<Object> targets, EventCodec codec) {
        return new EventHandlers(HandlerScan.of(targets), codec);
    }
}
