package dev.aftercommit.relay.preflight;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.publish.Broker;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StreamTail;
import java.util.List;

/** Looks whether NATS is set up so that the relay can work with it. Changes nothing. */
public final class BrokerPreflight {
    private BrokerPreflight() {}

    /**
     * Adds what was found about a source's stream.
     *
     * @return where the stream ends; {@link StreamTail#EMPTY} when there is none or it is not the relay's
     */
    public static StreamTail inspect(Broker broker, String source, List<Finding> findings) throws InterruptedException {
        findings.add(Finding.ok("NATS", "version " + broker.version() + " with JetStream"));
        EventStream stream = broker.stream(source);
        String subject = "stream " + stream.name();
        try {
            EventStream.Facts facts = stream.facts();
            if (facts == null) {
                findings.add(
                        Finding.warning(
                                subject,
                                "there is none; the relay makes it at its very first start, and refuses to start when it is gone later"));
                return StreamTail.EMPTY;
            }
            StreamTail tail = stream.tail();
            String size = facts.events() + " events, " + facts.partitions() + " partitions";
            findings.add(
                    facts.inMemory()
                            ? Finding.warning(subject, size + "; it is kept in memory and lost when NATS restarts")
                            : Finding.ok(subject, size + ", " + facts.replicas() + " replica(s)"));
            return tail;
        } catch (AftercommitException e) {
            findings.add(Finding.problem(subject, e.getMessage()));
            return StreamTail.EMPTY;
        }
    }
}
