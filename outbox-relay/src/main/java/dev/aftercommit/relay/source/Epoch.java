package dev.aftercommit.relay.source;

import java.util.UUID;

/**
 * A range of the WAL whose events get positions of one epoch.
 *
 * @param number from 1
 * @param branch random; tells it from an epoch of the same number in another copy of the database
 * @param systemIdentifier of the cluster whose LSNs are meant
 * @param firstLsn of the first commit that belongs to the epoch
 */
public record Epoch(int number, UUID branch, String systemIdentifier, long firstLsn) {
    /** Why the epoch before it ended; the words are those of the column. */
    public enum Reason {
        FIRST_START("first-start"),
        SLOT_MADE_ANEW("slot-made-anew"),
        FORK("fork"),
        HEAL("heal"),
        RETRY("retry");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
