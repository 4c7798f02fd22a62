package dev.aftercommit.relay.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.TablePartition;
import dev.aftercommit.relay.source.TablePartitions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TableUpkeepTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-25T15:30:00Z"), ZoneOffset.UTC);

    private final Answers answers = new Answers();
    private final Chore ahead = new PartitionsAhead(answers, Duration.ofDays(1), CLOCK);

    @Test
    void rowsInTheWayOfOnePartitionAreNotInTheWayOfTheNext() {
        answers.making = TablePartitions.Making.TAKEN;
        ahead.run();
        assertThat(answers.asked).hasSize(4);
    }

    @Test
    void whatIsBusyIsLeftAloneUntilTheNextTime() {
        answers.making = TablePartitions.Making.BUSY;
        ahead.run();
        assertThat(answers.asked).hasSize(1);
    }

    @Test
    void aChoreThatFailsEndsNoRunAndIsTriedAgain() {
        Chore forgiving = new Forgiving(ahead);
        answers.failure = new AftercommitException(ErrorCode.DATABASE_UNAVAILABLE, "PostgreSQL failed.");
        assertThat(forgiving.run()).isEqualTo(Chore.Finding.NOTHING);
        answers.failure = null;
        forgiving.run();
        assertThat(answers.asked).hasSize(4);
        assertThat(forgiving.interval()).isEqualTo(ahead.interval());
    }

    /** Partitions of which nobody knows anything but what came of making one. */
    private static final class Answers implements TablePartitions {
        private final List<Instant> asked = new ArrayList<>();
        private Making making = Making.MADE;
        private @Nullable AftercommitException failure;

        @Override
        public List<TablePartition> list() {
            if (failure != null) {
                throw failure;
            }
            return List.of();
        }

        @Override
        public Making make(Instant from, Instant to) {
            asked.add(from);
            return making;
        }

        @Override
        public Dropping drop(String name, Duration retention, @Nullable OutboxPosition tail, int term) {
            throw new IllegalStateException("Nothing is dropped here.");
        }

        @Override
        public long pruneJournal(Duration retention) {
            throw new IllegalStateException("Nothing is pruned here.");
        }
    }
}
