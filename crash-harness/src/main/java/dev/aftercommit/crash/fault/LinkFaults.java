package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.Links;
import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.NetworkLine;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Ways between relay and servers that swallow what is said, each alone, or let it through slowly. */
final class LinkFaults {
    private static final int LONGEST_CUT_MILLIS = 3_000;
    private static final int SLOWEST_MILLIS = 200;

    /** Longer than relay, broker and PostgreSQL wait for a word of each other. */
    private static final Duration SILENCE = Duration.ofSeconds(45);

    private LinkFaults() {}

    static void cutBroker(World world, Random random) throws InterruptedException {
        cut(world.links().broker(), random);
    }

    static void cutSql(World world, Random random) throws InterruptedException {
        cut(world.links().sql(), random);
    }

    static void cutReplication(World world, Random random) throws InterruptedException {
        cut(world.links().replication(), random);
    }

    static void silenceBroker(World world, Random random) throws InterruptedException {
        cut(world.links().broker(), SILENCE);
    }

    static void silenceSql(World world, Random random) throws InterruptedException {
        cut(world.links().sql(), SILENCE);
    }

    static void silenceReplication(World world, Random random) throws InterruptedException {
        cut(world.links().replication(), SILENCE);
    }

    static void slowDown(World world, Random random) throws InterruptedException {
        Links links = world.links();
        List<NetworkLine> lines = List.of(links.sql(), links.replication(), links.broker());
        try {
            for (NetworkLine line : lines) {
                line.slow(Duration.ofMillis(random.nextInt(SLOWEST_MILLIS)));
            }
            Thread.sleep(random.nextInt(LONGEST_CUT_MILLIS));
        } finally {
            lines.forEach(NetworkLine::mend);
        }
    }

    private static void cut(NetworkLine line, Random random) throws InterruptedException {
        cut(line, Duration.ofMillis(random.nextInt(LONGEST_CUT_MILLIS)));
    }

    private static void cut(NetworkLine line, Duration time) throws InterruptedException {
        line.cut();
        try {
            Thread.sleep(time);
        } finally {
            line.mend();
        }
    }
}
