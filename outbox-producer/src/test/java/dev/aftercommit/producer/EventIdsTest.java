package dev.aftercommit.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EventIdsTest {
    @Test
    void idsAreUuidsOfVersion7AndCarryTheTime() {
        long before = Instant.now().toEpochMilli();
        UUID id = EventIds.next();
        long after = Instant.now().toEpochMilli();

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isBetween(before, after);
    }

    @Test
    void idsRiseInEveryThreadAndAreNeverGivenTwice() throws Exception {
        int threads = 8;
        int each = 10_000;
        List<Callable<List<UUID>>> work = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            work.add(() -> {
                List<UUID> ids = new ArrayList<>(each);
                for (int n = 0; n < each; n++) {
                    ids.add(EventIds.next());
                }
                return ids;
            });
        }
        Set<UUID> all = new HashSet<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (Future<List<UUID>> result : pool.invokeAll(work)) {
                List<UUID> ids = result.get();
                assertRising(ids);
                assertThat(ids).allMatch(id -> id.version() == 7 && id.variant() == 2);
                all.addAll(ids);
            }
        }
        assertThat(all).hasSize(threads * each);
    }

    @Test
    void idsRiseWhileTheClockGoesBackAndForth() {
        AtomicLong clock = new AtomicLong(1_700_000_000_000L);
        EventIds ids = new EventIds(clock::get);
        List<UUID> generated = new ArrayList<>();
        for (long step : new long[] {0, 1, -1, -3_600_000, 0, 0, 3_600_001, 5, -2, 0}) {
            clock.addAndGet(step);
            for (int i = 0; i < 1_000; i++) {
                generated.add(ids.generate());
            }
        }

        assertRising(generated);
    }

    /** As PostgreSQL compares them, by bytes; {@link UUID#compareTo} compares signed halves. */
    private static void assertRising(List<UUID> ids) {
        for (int i = 1; i < ids.size(); i++) {
            assertThat(ids.get(i).toString()).isGreaterThan(ids.get(i - 1).toString());
        }
    }
}
