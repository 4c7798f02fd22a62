package dev.aftercommit.relay.preflight;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.Limits;
import dev.aftercommit.relay.broker.Broker;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StreamState;
import java.util.List;

/** Looks whether NATS is set up so that the relay can work with it. Changes nothing. */
public final class BrokerPreflight {
    private BrokerPreflight() {}

    /** Adds what was found about NATS and a source's stream. That a stream is missing is left to the diagnosis. */
    public static void inspect(Broker broker, String source, EventStream stream, List<Finding> findings)
            throws InterruptedException {
        findings.add(Finding.ok("NATS", "version " + broker.version() + " with JetStream"));
        String lack = broker.lackOfRoom();
        if (lack != null) {
            findings.add(Finding.problem("NATS", lack));
        }
        List<String> missing = broker.missingPermissions(source);
        if (!missing.isEmpty()) {
            missing.forEach(text -> findings.add(Finding.problem("NATS permissions", text)));
            return;
        }
        findings.add(Finding.ok("NATS permissions", "the login may do all that the relay does"));
        String subject = "stream " + stream.name();
        try {
            StreamState state = stream.look();
            if (state != null) {
                findings.add(inspect(subject, state));
            }
        } catch (AftercommitException e) {
            findings.add(Finding.problem(subject, e.getMessage()));
        }
    }

    private static Finding inspect(String subject, StreamState state) {
        if (state.shape().maxMessageBytes() < Limits.MAX_MESSAGE_BYTES) {
            return Finding.warning(
                    subject,
                    "its max_msg_size is " + state.shape().maxMessageBytes() + "; larger events are parked. Set it to "
                            + Limits.MAX_MESSAGE_BYTES + " or more, or to -1");
        }
        String size = state.extent().messages() + " events, " + state.labels().partitions() + " partitions";
        return state.shape().inMemory()
                ? Finding.warning(
                        subject,
                        size + "; it is kept in memory and lost when NATS restarts; the relay makes it again then, and"
                                + " consumers that were behind wait for it")
                : Finding.ok(subject, size + ", " + state.shape().replicas() + " replica(s)");
    }
}
