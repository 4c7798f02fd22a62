package dev.aftercommit.consumer.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EventSearchTest {
    private static final int MILLION = 1_000_000;

    @Test
    void aMillionEventsTakeAFewDozenQuestions() {
        AtomicInteger questions = new AtomicInteger();
        for (long wanted : new long[] {1, 2, 777_777, MILLION - 1, MILLION}) {
            questions.set(0);
            StoredEvent found = new EventSearch(1, MILLION, sequence -> {
                        questions.incrementAndGet();
                        return event(sequence, at(sequence));
                    })
                    .firstAtOrAfter(at(wanted));
            assertThat(found).isEqualTo(event(wanted, at(wanted)));
            assertThat(questions).hasValueLessThan(25);
        }
    }

    @Test
    void aStreamThatEndsBeforeThePositionTakesOneQuestion() {
        AtomicInteger questions = new AtomicInteger();
        assertThat(new EventSearch(1, MILLION, sequence -> {
                            questions.incrementAndGet();
                            return event(sequence, at(sequence));
                        })
                        .firstAtOrAfter(at(MILLION + 1L)))
                .isNull();
        assertThat(questions).hasValue(1);
    }

    /** Streams with holes, positions with gaps, and messages that the relay did not write. */
    @Test
    void itFindsWhatAScanFinds() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2_000; round++) {
            NavigableMap<Long, StoredEvent> stream = new TreeMap<>();
            long first = random.nextLong(1, 5);
            long last = first + random.nextLong(0, 40);
            long position = 10;
            for (long sequence = first; sequence <= last; sequence++) {
                position += random.nextLong(1, 4);
                if (random.nextInt(4) > 0) {
                    boolean stranger = random.nextInt(8) == 0;
                    stream.put(sequence, event(sequence, stranger ? null : at(position)));
                }
            }
            OutboxPosition wanted = at(random.nextLong(5, position + 5));
            EventSearch search = new EventSearch(first, last, from -> value(stream, from));
            assertThat(search.firstAtOrAfter(wanted))
                    .as("seed %d, %s in %s", seed, wanted, stream.values())
                    .isEqualTo(scan(stream, event -> event.position().compareTo(wanted) >= 0));
            Instant since = Instant.ofEpochSecond(random.nextLong(first - 1, last + 2));
            assertThat(search.firstSince(since))
                    .as("seed %d, %s in %s", seed, since, stream.values())
                    .isEqualTo(scan(stream, event -> !event.storedAt().isBefore(since)));
        }
    }

    /** Stored at one a second. */
    private static StoredEvent event(long sequence, @Nullable OutboxPosition position) {
        return new StoredEvent(sequence, position, new UUID(0, sequence), Instant.ofEpochSecond(sequence));
    }

    private static @Nullable StoredEvent scan(NavigableMap<Long, StoredEvent> stream, Predicate<StoredEvent> wanted) {
        return stream.values().stream()
                .filter(event -> event.position() != null)
                .filter(wanted)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable StoredEvent value(NavigableMap<Long, StoredEvent> stream, long from) {
        var entry = stream.ceilingEntry(from);
        return entry == null ? null : entry.getValue();
    }

    private static OutboxPosition at(long lsn) {
        return new OutboxPosition(1, lsn, 0);
    }
}
