package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.Links;
import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.NetworkLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Ways between relay and servers that swallow what is said, each alone, or let it through slowly. */
final class LinkFaults {
    private static final int LONGEST_CUT_MILLIS = 3_000;
    private static final int SLOWEST_MILLIS = 200;

    /** Longer than relay, consumer, broker and PostgreSQL wait for a word of each other. */
    static final Duration SILENCE = Duration.ofSeconds(45);

    private LinkFaults() {}

    static void cutBroker(World world, Random random) throws InterruptedException {
        cut(world.links().broker(), random);
    }

    static void cutSql(World world, Random random) throws InterruptedException {
        cut(List.of(world.links().sql()), random);
    }

    static void cutReplication(World world, Random random) throws InterruptedException {
        cut(List.of(world.links().replication()), random);
    }

    static void silenceBroker(World world, Random random) throws InterruptedException {
        cut(world.links().broker(), SILENCE);
    }

    static void silenceSql(World world, Random random) throws InterruptedException {
        cut(List.of(world.links().sql()), SILENCE);
    }

    static void silenceReplication(World world, Random random) throws InterruptedException {
        cut(List.of(world.links().replication()), SILENCE);
    }

    static void slowDown(World world, Random random) throws InterruptedException {
        Links links = world.links();
        List<NetworkLine> lines = new ArrayList<>(links.broker());
        lines.add(links.sql());
        lines.add(links.replication());
        try {
            for (NetworkLine line : lines) {
                line.slow(Duration.ofMillis(random.nextInt(SLOWEST_MILLIS)));
            }
            Thread.sleep(random.nextInt(LONGEST_CUT_MILLIS));
        } finally {
            lines.forEach(NetworkLine::mend);
        }
    }

    static void cut(List<NetworkLine> lines, Random random) throws InterruptedException {
        cut(lines, Duration.ofMillis(random.nextInt(LONGEST_CUT_MILLIS)));
    }

    static void cut(List<NetworkLine> lines, Duration time) throws InterruptedException {
        lines.forEach(NetworkLine::cut);
        try {
            Thread.sleep(time);
        } finally {
            lines.forEach(NetworkLine::mend);
        }
    }
}
