package dev.aftercommit.relay.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SlotCheckpointTest {
    private final SlotCheckpoint checkpoint = new SlotCheckpoint();

    @Test
    void nothingMayBeForgottenBeforeTheFirstBoundary() {
        assertThat(checkpoint.confirmable(1_000)).isZero();
    }

    @Test
    void aTransactionIsConfirmableWhenAllItsMessagesAreAcknowledged() {
        checkpoint.reached(3, 100);
        assertThat(checkpoint.confirmable(2)).isZero();
        assertThat(checkpoint.confirmable(3)).isEqualTo(100);
    }

    @Test
    void aHeartbeatBehindMessagesWaitsForThem() {
        checkpoint.reached(3, 100);
        checkpoint.reached(3, 180);
        assertThat(checkpoint.confirmable(2)).isZero();
        assertThat(checkpoint.confirmable(3)).isEqualTo(180);
    }

    @Test
    void aBoundaryWithoutMessagesIsConfirmableAtOnce() {
        checkpoint.reached(0, 50);
        assertThat(checkpoint.confirmable(0)).isEqualTo(50);
    }

    @Test
    void anIdleOutboxKeepsOneBoundaryInMemory() {
        for (long lsn = 1; lsn <= 1_000_000; lsn++) {
            checkpoint.reached(7, lsn);
        }
        assertThat(checkpoint.confirmable(6)).isZero();
        assertThat(checkpoint.confirmable(7)).isEqualTo(1_000_000);
    }

    private record Transaction(long messages, long lsn) {}

    @RepeatedTest(20)
    void whatIsConfirmableIsTheLastBoundaryBeforeTheFirstMessageWithoutAnAnswer() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Transaction> read = new ArrayList<>();
        long messages = 0;
        long lsn = 0;
        long acknowledged = 0;
        for (int step = 0; step < 500; step++) {
            if (random.nextBoolean()) {
                messages += random.nextInt(4);
                lsn += 1 + random.nextInt(100);
                checkpoint.reached(messages, lsn);
                read.add(new Transaction(messages, lsn));
            }
            acknowledged = Math.min(messages, acknowledged + random.nextInt(3));
            long safe = acknowledged;
            long expected = read.stream()
                    .filter(transaction -> transaction.messages() <= safe)
                    .mapToLong(Transaction::lsn)
                    .max()
                    .orElse(0);
            assertThat(checkpoint.confirmable(acknowledged)).as("seed %d", seed).isEqualTo(expected);
        }
    }
}
