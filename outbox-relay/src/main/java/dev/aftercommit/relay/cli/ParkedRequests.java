package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.postgres.ParkedQueues;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;

/** Asks the leading relay to do something with parked events, and watches for a while what becomes of it. */
record ParkedRequests(ParkedQueues parked, ParkedChoice which, PrintWriter out) {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** What cannot be published is parked again at once. */
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(200);

    int request(ParkedQueues.Request request, String done) throws InterruptedException {
        int events = parked.request(request, which.choice());
        if (events == 0) {
            out.println("Nothing is parked of " + which + ".");
            return ExitCode.CHECK_FAILED;
        }
        if (!await(PATIENCE)) {
            out.println("Requested for " + events + " event(s) of " + which + ", and not done within "
                    + PATIENCE.toSeconds() + " s. "
                    + (parked.state(which.choice()).unseen() > 0
                            ? "Of some events the row is not to be seen in outbox.event: it waits for a synchronous"
                                    + " standby, or was deleted; then bring it back, or discard the event."
                            : "The next relay that leads does it."));
            return ExitCode.CHECK_FAILED;
        }
        Thread.sleep(AGAIN);
        ParkedQueues.State state = parked.state(which.choice());
        if (state.parked() > 0) {
            out.println(state.parked() + " event(s) of " + which + " are parked again: " + state.detail());
            return ExitCode.CHECK_FAILED;
        }
        out.println(events + " event(s) of " + which + " " + done + ".");
        return ExitCode.DONE;
    }

    private boolean await(Duration patience) throws InterruptedException {
        Instant deadline = Instant.now().plus(patience);
        while (parked.state(which.choice()).requested() > 0) {
            if (Instant.now().isAfter(deadline)) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }
}
