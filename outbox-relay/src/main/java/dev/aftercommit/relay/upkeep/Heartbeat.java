package dev.aftercommit.relay.upkeep;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.history.JournalWriter;
import dev.aftercommit.relay.history.Proof;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.source.Source;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the slot moving while the outbox is idle, and notices a replication connection that has gone silent. PostgreSQL
 * sends nothing for transactions that do not touch the outbox, so without a record of our own the slot would pin all WAL
 * that other tables and databases write.
 */
public final class Heartbeat implements Chore {
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final long LAG_BYTES = 64 * 1024;

    private final Source source;
    private final JournalWriter writer;
    private final Proof proof;
    private final LongSupplier taken;
    private final BooleanSupplier held;
    private final Consumer<@Nullable SlotState> seen;
    private final Clock clock;
    private Instant lastBeat = Instant.MIN;
    private final SilenceWatch silence = new SilenceWatch();
    private long beat;

    /**
     * @param taken counts what comes through the replication connection
     * @param held whether the stream takes nothing at the moment, so that the slot is not read on
     * @param seen who wants to know what the slot looks like
     */
    public Heartbeat(
            Source source,
            JournalWriter writer,
            Proof proof,
            LongSupplier taken,
            BooleanSupplier held,
            Consumer<@Nullable SlotState> seen,
            Clock clock) {
        this.source = source;
        this.writer = writer;
        this.proof = proof;
        this.taken = taken;
        this.held = held;
        this.seen = seen;
        this.clock = clock;
    }

    @Override
    public Duration interval() {
        return LOOK;
    }

    @Override
    public Finding run() {
        SlotState slot = source.look().slot();
        seen.accept(slot);
        Instant now = clock.instant();
        boolean answered = Long.compareUnsigned(writer.passed(), beat) >= 0;
        if (silence.isSilent(answered || held.getAsBoolean(), taken.getAsLong(), slot != null && slot.atWork(), now)) {
            throw new AftercommitException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The replication connection is silent: a record of the relay's own, at least "
                            + SilenceWatch.SILENCE.toSeconds()
                            + " s old, has not come through it. So it is, too, while a standby is away that"
                            + " synchronized_standby_slots names: PostgreSQL hands nothing on before that has it.");
        }
        boolean lags = slot != null && slot.wal().lagBytes() > LAG_BYTES;
        if (answered && (lags || proof.isWaiting() || now.isAfter(lastBeat.plus(BEAT)))) {
            lastBeat = now;
            beat = source.heartbeat();
        }
        return Finding.NOTHING;
    }
}
