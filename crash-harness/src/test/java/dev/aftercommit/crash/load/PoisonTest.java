package dev.aftercommit.crash.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PoisonTest {
    private final List<UUID> events =
            Stream.generate(UUID::randomUUID).limit(20_000).toList();

    @Test
    void aboutOneEventIn200IsPoisonOfEveryKind() {
        Poison poison = new Poison(7);
        List<UUID> poisoned = events.stream().filter(poison::isPoison).toList();
        assertThat(poisoned).hasSizeBetween(50, 200);
        assertThat(poisoned.stream().map(event -> poison.kind(event, 8)).distinct())
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void anotherSeedPoisonsOthers() {
        assertThat(events.stream().filter(new Poison(7)::isPoison).filter(new Poison(8)::isPoison))
                .hasSizeLessThan(10);
    }
}
