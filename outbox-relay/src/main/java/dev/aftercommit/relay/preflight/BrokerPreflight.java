package dev.aftercommit.relay.preflight;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.Subject;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.stream.EventStream;
import dev.aftercommit.relay.stream.StreamTail;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks whether NATS is set up so that the relay can work with it. Changes nothing. */
public final class BrokerPreflight {
    private BrokerPreflight() {}

    /**
     * Adds what was found about NATS and a source's stream. That a stream is missing is left to {@link #missingStream}.
     *
     * @return where the stream ends; null when there is none, {@link StreamTail#EMPTY} when it is not the relay's
     */
    public static @Nullable StreamTail inspect(Broker broker, String source, List<Finding> findings)
            throws InterruptedException {
        findings.add(Finding.ok("NATS", "version " + broker.version() + " with JetStream"));
        EventStream stream = broker.stream(source);
        try {
            EventStream.Facts facts = stream.facts();
            if (facts == null) {
                return null;
            }
            StreamTail tail = stream.tail();
            String size = facts.events() + " events, " + facts.partitions() + " partitions";
            findings.add(
                    facts.inMemory()
                            ? Finding.warning(
                                    subject(source), size + "; it is kept in memory and lost when NATS restarts")
                            : Finding.ok(subject(source), size + ", " + facts.replicas() + " replica(s)"));
            return tail;
        } catch (AftercommitException e) {
            findings.add(Finding.problem(subject(source), e.getMessage()));
            return StreamTail.EMPTY;
        }
    }

    /**
     * What it means that a source's stream does not exist.
     *
     * @param published whether the database was ever published
     */
    public static Finding missingStream(String source, boolean published) {
        return published
                ? Finding.problem(subject(source), EventStream.gone(source))
                : Finding.warning(subject(source), "there is none yet; the relay makes it at its first start");
    }

    private static String subject(String source) {
        return "stream " + Subject.streamOf(source);
    }
}
