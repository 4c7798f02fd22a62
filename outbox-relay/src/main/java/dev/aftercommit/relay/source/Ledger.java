package dev.aftercommit.relay.source;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The outbox's tables. Each call is a transaction that is durable when it returns. Safe for use by several threads,
 * which wait for each other.
 *
 * <p>Every call throws {@link AftercommitException}: {@link ErrorCode#DATABASE_UNAVAILABLE} when the database cannot be
 * reached, and those that write {@link ErrorCode#FENCED} when another relay has written to the journal meanwhile; then
 * nothing was written.
 */
public interface Ledger extends AutoCloseable {
    Noted noted();

    /** Appends rows, whose entries follow the newest one's. */
    default void append(List<JournalRow> rows) {
        append(rows, List.of());
    }

    /** Appends rows, whose entries follow the newest one's, and holds back those of their events that are to be parked. */
    void append(List<JournalRow> rows, List<ParkedEvent> parked);

    /** Appends rows of what was found in the stream. What is there is held back no more, and nothing waits for it. */
    void absorb(List<JournalRow> rows);

    /** The aggregates of which events are held back, each with the first of them. */
    Map<ParkedEvent.Aggregate, ParkedHead> held();

    ParkedCount parked();

    /**
     * Begins an epoch: its row, the rows of the journal that heal it, the incident, all or nothing.
     *
     * @param mark the progress to note; its term must be the leader's
     */
    Noted begin(NewEpoch epoch, JournalMark mark);

    /** Rows of the journal from an entry on, oldest first. */
    List<JournalRow> rowsFrom(long entry, int most);

    /** Rows of the journal before an entry, newest first. */
    List<JournalRow> rowsBefore(long entry, int most);

    /**
     * The first entry that holds published events behind a position, or 0 when there is none.
     *
     * @param position null for the beginning
     */
    long firstEntryBehind(@Nullable OutboxPosition position);

    /** The first entry that holds published events at or behind a position, or 0 when there is none. */
    long firstEntryReaching(OutboxPosition position);

    /**
     * Events that were in the stream before they were seen in the table. A database that was restored commits its prepared
     * transactions once more, at other LSNs.
     */
    Set<UUID> ghosts();

    /** The events that have several entries from one on, each with its last. */
    Map<UUID, Long> repeated(long entry);

    /** How many events the journal holds from an entry on. */
    long countFrom(long entry);

    /**
     * Those of the events that have no entry in the journal, in the given order.
     *
     * @param afterEntry where to begin to look; 0 to look through all of it
     */
    List<UUID> withoutEntry(List<UUID> events, long afterEntry);

    /** Those of the events that are not in the table. */
    Set<UUID> unknown(List<UUID> events);

    /** The rows of these events; those that are not in the table any more are missing from it. */
    Map<UUID, OutboxChange.Row> events(List<UUID> events);

    /** The partition of this event that retention has dropped; null when there is none. */
    @Nullable
    DroppedPartition dropped(UUID event);

    /** The highest position of an event that retention has dropped and the journal still has; null when there is none. */
    @Nullable
    OutboxPosition lastDropped();

    /**
     * Begins the journal of a database that was published without one: all rows that are older than the stream's first
     * message count as published, at positions before all others.
     *
     * @param firstInStream null when the stream holds nothing
     */
    void takeOver(@Nullable UUID firstInStream, JournalMark mark);

    /**
     * Looks for rows that have no entry in the journal.
     *
     * @param since rows that this snapshot sees are left out; null to look at all
     * @param most suspects to return
     */
    ProofScan scan(@Nullable Proven since, int most);

    /**
     * Notes the stream as it was last seen.
     *
     * @param term the leader's
     */
    void noteStream(StreamNote stream, int term);

    /**
     * Notes the publication as it was last seen.
     *
     * @param term the leader's
     */
    void notePublication(String version, int term);

    void record(Incident incident);

    /** Incidents so far, by the words of their kinds. */
    Map<String, Long> incidents();

    /** Cuts off a call that still waits. May be called by any thread. */
    @Override
    void close();
}
