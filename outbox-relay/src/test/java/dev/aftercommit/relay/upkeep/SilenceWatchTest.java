package dev.aftercommit.relay.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SilenceWatchTest {
    private final SilenceWatch watch = new SilenceWatch();
    private Instant now = Instant.EPOCH;
    private boolean expectsNothing;
    private boolean atWork;
    private long taken;

    @Test
    void whatDoesNotComeThoughNothingKeepsTheServerFromSendingItIsSilence() {
        look(2);
        assertThat(lookFor(20)).isFalse();
        assertThat(look(2)).isTrue();
    }

    @Test
    void aServerAtWorkIsWaitedFor() {
        atWork = true;
        assertThat(lookFor(3_600)).isFalse();
        atWork = false;
        assertThat(lookFor(20)).isFalse();
        assertThat(look(2)).isTrue();
    }

    @Test
    void aServerThatIsAtWorkNowAndThenTakesAsMuchLonger() {
        look(2);
        for (int second = 0; second < 40; second += 4) {
            atWork = true;
            assertThat(look(2)).isFalse();
            atWork = false;
            assertThat(look(2)).isFalse();
        }
        assertThat(look(2)).isTrue();
    }

    @Test
    void whateverComesIsALifeSign() {
        lookFor(18);
        taken++;
        assertThat(look(2)).isFalse();
        assertThat(lookFor(20)).isFalse();
        assertThat(look(2)).isTrue();
    }

    @Test
    void whereNothingIsExpectedNothingIsMissed() {
        expectsNothing = true;
        assertThat(lookFor(3_600)).isFalse();
        expectsNothing = false;
        assertThat(lookFor(20)).isFalse();
        assertThat(look(2)).isTrue();
    }

    @Test
    void whoCouldNotLookHasMissedNothing() {
        look(2);
        assertThat(look(3_600)).isFalse();
        assertThat(lookFor(14)).isFalse();
        assertThat(look(2)).isTrue();
    }

    /** Every two seconds; whether it was silent at any time. */
    private boolean lookFor(int seconds) {
        boolean silent = false;
        for (int second = 0; second < seconds; second += 2) {
            silent |= look(2);
        }
        return silent;
    }

    private boolean look(int later) {
        now = now.plusSeconds(later);
        return watch.isSilent(expectsNothing, taken, atWork, now);
    }
}
