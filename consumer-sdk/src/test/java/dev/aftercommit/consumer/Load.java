package dev.aftercommit.consumer;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Publishes bursts of random size at random moments, on a thread of its own, until it is told that it is enough. */
final class Load {
    private static final List<String> ACCOUNTS = AccountRelay.accounts(200);

    private final AccountRelay relay;
    private final SplittableRandom random;
    private final int atLeast;
    private final boolean oneByOne;
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);
    private volatile boolean enough;

    private Load(AccountRelay relay, long seed, int atLeast, boolean oneByOne) {
        this.relay = relay;
        this.random = new SplittableRandom(seed);
        this.atLeast = atLeast;
        this.oneByOne = oneByOne;
    }

    /** For a broker that stays up. */
    static Load bursts(AccountRelay relay, long seed, int atLeast) {
        return new Load(relay, seed, atLeast, false).begin();
    }

    /** Each event stored before the next is sent, so that a broker may be killed. */
    static Load oneByOne(AccountRelay relay, long seed, int atLeast) {
        return new Load(relay, seed, atLeast, true).begin();
    }

    /** Ends it when it has published at least as many events as it should; tells how many. */
    int finish() throws InterruptedException {
        enough = true;
        thread.join();
        return relay.publishedCount();
    }

    static void pause(Duration duration) {
        await().pollDelay(duration).atMost(duration.plusSeconds(10)).until(() -> true);
    }

    private Load begin() {
        thread.start();
        return this;
    }

    private void run() {
        while (!enough || relay.publishedCount() < atLeast) {
            if (oneByOne) {
                relay.publish(ACCOUNTS.get(random.nextInt(ACCOUNTS.size())));
            } else {
                relay.publishBurst(random.nextInt(1, 40), ACCOUNTS);
                pause(Duration.ofMillis(random.nextInt(1, 40)));
            }
        }
    }
}
