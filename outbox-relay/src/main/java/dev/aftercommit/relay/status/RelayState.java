package dev.aftercommit.relay.status;

import java.util.Locale;

/** What a relay is doing; the same words in the log, the status, the metrics and the page. */
public enum RelayState {
    /** Looks at PostgreSQL and NATS. */
    STARTING,
    /** Healthy, and waits for the active relay to go away. */
    STANDBY,
    /** No relay is active, but somebody else holds the replication slot, or transactions that keep it from being made. */
    WAITING,
    /** Mends what a changed past has left out. */
    HEALING,
    /** Publishes from the table what the stream is owed. */
    CATCHING_UP,
    /** Publishes what is committed. */
    STREAMING,
    /** The stream takes nothing; journals without publishing, so that the database's disk does not fill. */
    RELIEVING,
    /** Lost a server, and tries again. */
    RETRYING,
    /** Cannot go on until somebody mends something; tries again now and then. */
    BLOCKED,
    /** Was told to stop. */
    STOPPED;

    /** The word. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
