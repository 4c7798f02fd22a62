package dev.aftercommit.relay.upkeep;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells a replication connection through which nothing comes any more from one on which nothing can be expected yet. PostgreSQL
 * reads a transaction of many millions of rows for minutes, of whichever table, and sends nothing meanwhile; whoever took that
 * for silence would have it begin again for ever. So only the time counts in which its walsender has nothing else to do.
 */
final class SilenceWatch {
    /** How long what was sent may be on its way. */
    static final Duration SILENCE = Duration.ofSeconds(20);

    /** What counts at most from one look to the next: whoever could not look has not seen either that nothing came. */
    private static final Duration MOST = Duration.ofSeconds(5);

    private Duration quiet = Duration.ZERO;
    private @Nullable Instant looked;
    private long taken;

    /**
     * Looks.
     *
     * @param expectsNothing whether all has come that is waited for, or the slot is not read on at the moment
     * @param nowTaken counts what comes through the connection
     * @param atWork whether the walsender is busy at this moment
     * @return whether it is silent
     */
    boolean isSilent(boolean expectsNothing, long nowTaken, boolean atWork, Instant now) {
        Duration since = looked == null ? Duration.ZERO : Duration.between(looked, now);
        if (expectsNothing || nowTaken != taken) {
            quiet = Duration.ZERO;
        } else if (!atWork) {
            quiet = quiet.plus(since.compareTo(MOST) > 0 ? MOST : since);
        }
        looked = now;
        taken = nowTaken;
        return quiet.compareTo(SILENCE) > 0;
    }
}
