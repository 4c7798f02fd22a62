package dev.aftercommit.consumer.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SharedFeedTest {
    @Test
    void noMoreIsAskedForThanCanBeBegun() {
        assertThat(SharedFeed.more(64, 0, 64)).isEqualTo(64);
        assertThat(SharedFeed.more(0, 0, 64)).isZero();
        assertThat(SharedFeed.more(-3, 0, 64)).isNotPositive();
    }

    @Test
    void aFewAreAskedForOnlyWhenNothingElseIsOnItsWay() {
        assertThat(SharedFeed.more(1, 0, 64)).isEqualTo(1);
        assertThat(SharedFeed.more(15, 1, 64)).isZero();
        assertThat(SharedFeed.more(16, 1, 64)).isEqualTo(16);
        assertThat(SharedFeed.more(1, 1, 2)).isEqualTo(1);
    }
}
