package dev.aftercommit.relay.history;

import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.publish.StreamState;
import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PublicationState;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.source.StreamEnd;
import dev.aftercommit.relay.source.StreamNote;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Compares the witnesses of the past. Pure. */
public final class Diagnostician {
    private Diagnostician() {}

    /** The first thing that is not as it was left; the stream comes before the slot, since healing needs to know both. */
    public static Diagnosis diagnose(Past past) {
        Diagnosis found = identity(past.noted(), past.stream(), past.last());
        if (found == null) {
            found = slotOwner(past);
        }
        if (found == null) {
            found = past.noted().epoch() == null || past.noted().last() == null ? beginning(past) : stream(past);
        }
        return found == null ? ofDatabase(past.database(), past.noted()) : found;
    }

    /** The same without the stream, when the stream cannot be asked or is known to be well. */
    public static Diagnosis ofDatabase(DatabaseState database, Noted noted) {
        Diagnosis found = cluster(database, noted);
        if (found == null) {
            found = publication(database.publication(), noted.publication());
        }
        if (found == null) {
            found = slot(database.slot(), noted.mark());
        }
        return found == null ? new Diagnosis.Well() : found;
    }

    private static @Nullable Diagnosis identity(
            Noted noted, @Nullable StreamState stream, @Nullable StoredMessage last) {
        UUID history = stream == null ? null : stream.labels().history();
        if (history != null && !history.equals(noted.history())) {
            return mismatch(
                    "The stream is of another history (" + history + ") than this database (" + noted.history()
                            + "). Either OUTBOX_SOURCE, OUTBOX_DATABASE_URL or OUTBOX_NATS_URL is another one's, or the database"
                            + " was made anew: then choose another OUTBOX_SOURCE, or have the stream made again, which the consumers"
                            + " will notice and ask about.",
                    Decision.REBUILD_STREAM);
        }
        String unknown = stream == null ? null : unknownCopy(noted, stream, last);
        return unknown == null
                ? null
                : mismatch(
                        "The stream was published last by a copy of this database that has gone its own way (" + unknown
                                + "): the database was restored from a backup or a snapshot, or two copies of it run. Only one"
                                + " can go on. If it is to be this one, the stream is to be made again, and consumers say which"
                                + " events they have handled that it does not know.",
                        Decision.REBUILD_STREAM);
    }

    /**
     * By what the stream tells that another copy has written to it: a branch, or an epoch, that this one does not know. A
     * stream into which nothing was ever published tells of no past; it gets its label with the first event.
     */
    private static @Nullable String unknownCopy(Noted noted, StreamState stream, @Nullable StoredMessage last) {
        UUID branch = stream.labels().branch();
        if (branch != null && stream.extent().last() > 0 && !noted.knowsBranch(branch)) {
            return "branch " + branch;
        }
        if (last == null || noted.epoch() == null) {
            return null;
        }
        int epoch = last.position().epoch();
        return epoch > noted.epoch().number() ? "epoch " + epoch : null;
    }

    private static @Nullable Diagnosis slotOwner(Past past) {
        DatabaseState database = past.database();
        SlotState slot = database.slot();
        if (slot == null) {
            return null;
        }
        boolean isOurs = "pgoutput".equals(slot.plugin()) && database.name().equals(slot.database());
        if (!isOurs) {
            return unsuitable("The replication slot \"outbox\" is of plugin " + slot.plugin() + " and database "
                    + slot.database() + ", so another program made it; the name is the relay's."
                    + " Drop it if nobody needs it: SELECT pg_drop_replication_slot('outbox').");
        }
        boolean isKnown = past.noted().last() != null || past.noted().epoch() != null;
        if (!isKnown) {
            return unsuitable(
                    "There is a replication slot \"outbox\" that this relay has not made: "
                            + (slot.active()
                                    ? "process " + slot.activePid() + " reads from it."
                                    : "nobody reads from it now.")
                            + " Drop it if nobody needs it: SELECT pg_drop_replication_slot('outbox'). The relay makes its own.");
        }
        return null;
    }

    private static Diagnosis beginning(Past past) {
        StreamState stream = past.stream();
        if (past.noted().epoch() != null) {
            return stream == null
                    ? mismatch("The stream is gone, and this database was published into it by a release that kept no"
                            + " journal, so that it cannot be made again as it was. Bring it back from a backup; or make"
                            + " an empty one by hand, and everything in outbox.event is published into it anew.")
                    : new Diagnosis.TakeOver();
        }
        if (stream != null && stream.extent().last() > 0) {
            return mismatch(
                    "The stream holds events already (last sequence "
                            + stream.extent().last()
                            + "), but this database was never published. Either OUTBOX_SOURCE or OUTBOX_DATABASE_URL is another"
                            + " one's, or the database was made anew: then choose another OUTBOX_SOURCE, or have the stream made"
                            + " again.",
                    Decision.REBUILD_STREAM);
        }
        return new Diagnosis.FirstStart();
    }

    private static @Nullable Diagnosis stream(Past past) {
        StreamState stream = past.stream();
        if (stream == null) {
            return new Diagnosis.StreamMissing();
        }
        String returned = returned(past.noted().stream(), stream);
        if (returned != null) {
            return new Diagnosis.StreamRewound(returned);
        }
        StreamEnd end = past.noted().mark().end();
        Diagnosis missing = missing(past, stream);
        if (missing != null) {
            return missing;
        }
        String rewound = rewound(past, stream, end);
        if (rewound != null) {
            return new Diagnosis.StreamRewound(rewound);
        }
        return stream.extent().last() > end.sequence() ? new Diagnosis.StreamAhead(end.sequence()) : null;
    }

    /** Messages from before the stream's beginning are there again, as an old copy has them; null when there are none. */
    private static @Nullable String returned(@Nullable StreamNote noted, StreamState stream) {
        Long first = noted == null ? null : noted.first();
        return first == null || stream.extent().first() >= first
                ? null
                : "it begins at sequence " + stream.extent().first() + ", and began at " + first;
    }

    /** How the stream's end is not what it was; null when it is. */
    private static @Nullable String rewound(Past past, StreamState stream, StreamEnd end) {
        if (stream.extent().last() < end.sequence()) {
            return "it ends at sequence " + stream.extent().last() + ", and had " + end.sequence();
        }
        if (end.event() == null) {
            return past.atEnd() == null
                    ? null
                    : "at sequence " + end.sequence() + " it holds event "
                            + past.atEnd().eventId() + ", and had none";
        }
        if (past.atEnd() != null) {
            return past.atEnd().eventId().equals(end.event())
                    ? null
                    : "at sequence " + end.sequence() + " it holds event "
                            + past.atEnd().eventId() + ", and had " + end.event();
        }
        boolean expired = stream.shape().dropsOld() && stream.extent().first() > end.sequence();
        return expired || isDoneWithout(past, stream) ? null : "message " + end.sequence() + " was removed from it";
    }

    /** Whether a person has said so of the noted end, which something newer stands behind. */
    private static boolean isDoneWithout(Past past, StreamState stream) {
        StreamNote noted = past.noted().stream();
        boolean isAsNoted = noted == null
                || noted.first() == null
                || (noted.first() == stream.extent().first() && Objects.equals(noted.holes(), past.holes()));
        return !stream.shape().dropsOld() && isAsNoted && past.isWrittenOn();
    }

    /**
     * Messages that were there, that others stand behind, and that the stream's own limits do not remove. Those that are
     * missing at the end can be published again, if nothing newer was stored meanwhile.
     */
    private static @Nullable Diagnosis missing(Past past, StreamState stream) {
        StreamNote noted = past.noted().stream();
        if (noted == null || stream.shape().dropsOld() || past.last() == null) {
            return null;
        }
        StreamState.Extent extent = stream.extent();
        long holes = past.holes();
        boolean purged = noted.first() != null && extent.first() > noted.first();
        boolean deleted = noted.holes() != null && holes > noted.holes();
        return purged || deleted
                ? mismatch(
                        "Messages were removed from the stream by hand: "
                                + (purged
                                        ? "it begins at sequence " + extent.first() + ", and began at " + noted.first()
                                        : holes - Objects.requireNonNull(noted.holes())
                                                + " are missing in the middle of it")
                                + ". They cannot be put back behind what is newer; a stream that is made again has them, and"
                                + " consumers go on in it where they were.",
                        Decision.REBUILD_STREAM,
                        Decision.ACCEPT_REMOVAL)
                : null;
    }

    /** In another one nothing is as it was noted: not the slot, and not the publication's row in the catalog either. */
    private static @Nullable Diagnosis cluster(DatabaseState database, Noted noted) {
        Epoch epoch = Objects.requireNonNull(noted.epoch());
        return epoch.systemIdentifier().equals(database.systemIdentifier())
                ? null
                : new Diagnosis.SlotLost("the database runs in another cluster now");
    }

    private static @Nullable Diagnosis publication(@Nullable PublicationState found, @Nullable String noted) {
        if (found == null) {
            return new Diagnosis.PublicationTouched("it was dropped", true);
        }
        boolean isAnother = noted != null && !oid(noted).equals(oid(found.version()));
        if (!found.problems().isEmpty()) {
            return new Diagnosis.PublicationTouched(String.join("; ", found.problems()), isAnother);
        }
        if (noted != null && !noted.equals(found.version())) {
            return new Diagnosis.PublicationTouched(
                    isAnother ? "it was dropped and made again" : "it was altered and set back", isAnother);
        }
        return null;
    }

    /** The version begins with it. */
    private static String oid(String version) {
        return version.replaceAll("/.*", "");
    }

    private static @Nullable Diagnosis slot(@Nullable SlotState slot, JournalMark mark) {
        if (slot == null) {
            return new Diagnosis.SlotLost("it does not exist any more");
        }
        if (slot.loss() != null) {
            return new Diagnosis.SlotLost(Objects.requireNonNull(slot.loss()));
        }
        return Long.compareUnsigned(slot.confirmedLsn(), mark.confirmLsn()) > 0
                ? new Diagnosis.SlotMoved(mark.confirmLsn(), slot.confirmedLsn())
                : null;
    }

    private static Diagnosis mismatch(String text, Decision... choices) {
        return new Diagnosis.Blocked(ErrorCode.STREAM_MISMATCH, text, List.of(choices));
    }

    private static Diagnosis unsuitable(String text) {
        return new Diagnosis.Blocked(ErrorCode.DATABASE_UNSUITABLE, text, List.of());
    }
}
