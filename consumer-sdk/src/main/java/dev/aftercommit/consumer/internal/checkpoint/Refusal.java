package dev.aftercommit.consumer.internal.checkpoint;

import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.contract.OutboxPosition;

/**
 * A start point that is none, in words: what is seen, what it means, and what somebody may decide.
 *
 * @param who does not go on
 * @param inIt where nothing is handled meanwhile; empty when that is everywhere
 */
public record Refusal(ConsumerIdentity identity, String who, String inIt) {
    /** Of a partition that is handled by itself. */
    public static Refusal ofPartition(ConsumerIdentity identity, String name) {
        return new Refusal(identity, "partition " + name, " in partition " + name);
    }

    /** Of all partitions together. */
    public static Refusal ofAll(ConsumerIdentity identity) {
        return new Refusal(identity, "the consumer", "");
    }

    Waiting of(StartPoint.StreamBehind behind) {
        return new Waiting(
                Waiting.Reason.STREAM_BEHIND,
                "The stream ends before " + handled(behind.checkpoint())
                        + ". It has lost its end or is being made again: " + who
                        + " goes on by itself when the relay has published that event again. If it does not come, the"
                        + " relay of the source says why in its log.");
    }

    Waiting of(StartPoint.OtherHistory other) {
        return new Waiting(
                Waiting.Reason.OTHER_HISTORY,
                "The stream " + identity.stream() + " is a copy of the history " + other.found()
                        + ", and this consumer has handled events of " + other.handled()
                        + ". Nothing is handled. Either this is the wrong NATS account or source: point the consumer, or"
                        + " the relay, at the right one. Or the source has another database now, or one made anew: to"
                        + " handle the new history from its beginning, while the effects of the old one stay, run: "
                        + reset(identity));
    }

    Waiting of(StartPoint.EventUnknown unknown) {
        StoredEvent instead = unknown.instead();
        return new Waiting(
                Waiting.Reason.EVENT_UNKNOWN,
                "The stream does not hold " + handled(unknown.checkpoint()) + "; there it goes on with event "
                        + instead.eventId() + " at position " + instead.position() + " (sequence "
                        + instead.sequence() + "). Nothing is handled" + inIt
                        + ". Either the source's database went back to an earlier state, and this consumer has applied"
                        + " events that the source does not know: undo what they did where it matters. Or the stream has"
                        + " lost events: have the relay make it again, or restore it. To go on with sequence "
                        + instead.sequence() + ", so that what was lost before it is never handled, run: "
                        + "UPDATE inbox.checkpoint SET stream_sequence = " + (instead.sequence() - 1)
                        + ", stream_identity = " + quoted(unknown.stream().stream()) + ", position = "
                        + justBefore(instead) + ", event_id = NULL WHERE " + own() + " AND position = "
                        + quoted(String.valueOf(unknown.checkpoint().position())));
    }

    Waiting of(StartPoint.MessagesGone gone) {
        return new Waiting(
                Waiting.Reason.MESSAGES_GONE,
                gone + " gone from the stream before " + who
                        + " came there: purged, deleted or expired. Nothing is handled" + inIt
                        + ". Either restore the stream,"
                        + " or have the relay make it again. To go on with what is left, so that what is gone is"
                        + " never handled, run: " + accept(gone.end()));
    }

    /** The statement by which somebody accepts that messages up to this sequence are never handled. */
    public String accept(long sequence) {
        return "UPDATE inbox.checkpoint SET accepted_sequence = " + sequence + " WHERE " + own();
    }

    private static String handled(Checkpoint checkpoint) {
        return (checkpoint.eventId() == null ? "the event" : "event " + checkpoint.eventId()) + " at position "
                + checkpoint.position() + ", up to which everything was handled";
    }

    /** The statement that has a consumer handle everything that the stream holds. */
    public static String reset(ConsumerIdentity identity) {
        return "SELECT inbox.reset(" + quoted(identity.consumer()) + ", " + quoted(identity.source())
                + ", 'beginning')";
    }

    private String own() {
        return "consumer = " + quoted(identity.consumer()) + " AND source = " + quoted(identity.source());
    }

    private static String quoted(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }

    /** The last position before this event's, so that the event itself does not count as handled. */
    private static String justBefore(StoredEvent event) {
        OutboxPosition position = event.position();
        OutboxPosition before = position == null ? null : position.previous();
        return before == null ? "NULL" : quoted(before.toString());
    }
}
