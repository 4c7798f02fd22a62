package dev.aftercommit.consumer.internal.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final int PARTITIONS = 16;

    @Test
    void aloneItTakesAll() {
        assertThat(Shares.of(PARTITIONS, Map.of(7, Set.of()), 7)).isEqualTo(new Shares.Step(Set.of(), 16));
    }

    @Test
    void whoHasTooManyLetsSomeGoAndWhoHasTooFewTakesSome() {
        Map<Integer, Set<Integer>> held = Map.of(1, all(), 2, Set.of(), 3, Set.of());
        assertThat(Shares.of(PARTITIONS, held, 1).release()).hasSize(10);
        assertThat(Shares.of(PARTITIONS, held, 2)).isEqualTo(new Shares.Step(Set.of(), 5));
        assertThat(Shares.of(PARTITIONS, held, 3)).isEqualTo(new Shares.Step(Set.of(), 5));
    }

    @Test
    void nothingMovesBetweenThoseThatHaveTheirShare() {
        Map<Integer, Set<Integer>> held = Map.of(1, range(0, 5), 2, range(5, 11), 3, range(11, 16));
        held.keySet()
                .forEach(me -> assertThat(Shares.of(PARTITIONS, held, me)).isEqualTo(new Shares.Step(Set.of(), 0)));
    }

    @Test
    void moreInstancesThanPartitionsLeavesSomeWithout() {
        Map<Integer, Set<Integer>> held = new HashMap<>();
        IntStream.range(0, 20).forEach(instance -> held.put(instance, instance < 16 ? Set.of(instance) : Set.of()));
        held.keySet()
                .forEach(me -> assertThat(Shares.of(PARTITIONS, held, me)).isEqualTo(new Shares.Step(Set.of(), 0)));
    }

    /** Each acts on what it saw a moment ago; whatever they begin with they end with even shares, and moves are few. */
    @Test
    void theyEndEvenlyWhateverTheyBeginWith() {
        for (long seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int partitions = random.nextInt(1, 40);
            Map<Integer, Set<Integer>> held = new HashMap<>();
            List<Integer> instances = random.ints(1 + random.nextInt(10), 1, 10_000)
                    .distinct()
                    .boxed()
                    .toList();
            instances.forEach(instance -> held.put(instance, new HashSet<>()));
            for (int partition = 0; partition < partitions; partition++) {
                if (random.nextInt(4) > 0) {
                    held.get(instances.get(random.nextInt(instances.size()))).add(partition);
                }
            }
            int turns = 0;
            while (!isEven(held, partitions)) {
                assertThat(++turns).as("seed %s", seed).isLessThan(10 * instances.size() + 10);
                Map<Integer, Set<Integer>> seen = held.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, each -> Set.copyOf(each.getValue())));
                for (int i = random.nextInt(instances.size()); i >= 0; i--) {
                    act(held, seen, partitions, instances.get(random.nextInt(instances.size())));
                }
            }
            instances.forEach(
                    me -> assertThat(Shares.of(partitions, held, me)).isEqualTo(new Shares.Step(Set.of(), 0)));
        }
    }

    private static void act(Map<Integer, Set<Integer>> held, Map<Integer, Set<Integer>> seen, int partitions, int me) {
        Map<Integer, Set<Integer>> mine = new HashMap<>(seen);
        mine.put(me, Set.copyOf(held.get(me))); // of itself it knows
        Shares.Step step = Shares.of(partitions, mine, me);
        held.get(me).removeAll(step.release());
        Set<Integer> taken = held.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        IntStream.range(0, partitions)
                .filter(partition -> !taken.contains(partition))
                .limit(step.take())
                .forEach(held.get(me)::add);
    }

    private static boolean isEven(Map<Integer, Set<Integer>> held, int partitions) {
        int most = held.values().stream().mapToInt(Set::size).max().orElseThrow();
        int least = held.values().stream().mapToInt(Set::size).min().orElseThrow();
        return most - least <= 1 && held.values().stream().mapToInt(Set::size).sum() == partitions;
    }

    private static Set<Integer> all() {
        return range(0, PARTITIONS);
    }

    private static Set<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().collect(Collectors.toSet());
    }
}
