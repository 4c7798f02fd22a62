package dev.aftercommit.consumer.internal.ordered;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.internal.stream.Delivery;
import io.nats.client.impl.NatsMessage;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What follows a transaction of several events that failed. */
final class BatchSplitTest {
    private static final List<Delivery> FIVE = LongStream.rangeClosed(1, 5)
            .mapToObj(sequence -> new Delivery(
                    sequence, NatsMessage.builder().subject("outbox").build()))
            .toList();

    @Test
    void thoseBeforeTheCallThatFailedAreTriedTogetherAndItsOwnEachAlone() {
        assertThat(BatchSplit.after(failedAt(3, 4), FIVE)).isEqualTo(new BatchSplit(3, 1));
        assertThat(BatchSplit.after(failedAt(0, 1), FIVE)).isEqualTo(new BatchSplit(0, 1));
        assertThat(BatchSplit.after(failedAt(1, 4), FIVE)).isEqualTo(new BatchSplit(1, 3));
    }

    private static HandlerFailedException failedAt(int from, int to) {
        return new HandlerFailedException(FIVE.subList(from, to), new IllegalStateException());
    }

    @Test
    void eachIsTriedAloneWhenNobodyKnowsWhichOneFailed() {
        assertThat(BatchSplit.after(new IllegalStateException("at the commit"), FIVE))
                .isEqualTo(new BatchSplit(0, 5));
    }

    @Test
    void aConflictIsMetByTheFirstOneAlone() {
        assertThat(BatchSplit.afterConflict()).isEqualTo(new BatchSplit(0, 1));
    }
}
