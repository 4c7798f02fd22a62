package dev.aftercommit.relay.source;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.function.Consumer;

/**
 * The database of a source, as the relay needs it: who leads, what there is, and where changes come from. Unless it is
 * said otherwise for one thread; every call throws {@link AftercommitException} with
 * {@link ErrorCode#DATABASE_UNAVAILABLE} when the database cannot be reached.
 */
public interface Source extends AutoCloseable {
    /** Tries to become the one that leads. Once it has, it leads until {@link #close()} or the connection is lost. */
    Lease tryToLead();

    /** Says that the leader is alive; one that does not for some ten seconds has lost the lease. */
    void renewLease();

    DatabaseState look();

    /** How many bytes of WAL the database keeps for a slot at most; 0 when it keeps whatever there is. */
    long walLimit();

    /** The tables, through a connection of their own, on which what has no answer within some twenty seconds fails. */
    Ledger openLedger();

    /** The same for looks at whole tables, which may take an hour. */
    Ledger openLedgerForLongQueries();

    /** The partitions of its table of events. */
    TablePartitions partitions();

    /** Makes the publication, or sets right what is wrong with it. Events inserted meanwhile may not be captured. */
    void makePublication();

    /**
     * Makes the slot and begins an epoch with it: what commits from then on the slot delivers, and what the epoch is to
     * heal is exactly what committed before. An unusable slot of that name is dropped first.
     *
     * @param epoch its first LSN is found here
     * @param waits is told now and then, by another thread, what this waits for, in a sentence that says what to do
     */
    Noted makeSlot(NewEpoch epoch, JournalMark mark, Consumer<String> waits);

    /** The changes behind the slot; one that has ended is replaced by a new one. */
    CaptureSource capture();

    /**
     * Writes a record that the slot delivers, so that it can be confirmed though nothing else happens.
     *
     * @return its LSN
     */
    long heartbeat();

    @Override
    void close();

    /** The answer to a try to lead. */
    sealed interface Lease {
        /** This one leads. */
        record Leads() implements Lease {}

        /** Another relay does. */
        record AnotherLeads() implements Lease {}

        /**
         * No relay leads, but somebody holds the slot: a relay that has just died, or a program that is not a relay.
         *
         * @param who in words
         */
        record SlotIsHeld(String who) implements Lease {}
    }
}
