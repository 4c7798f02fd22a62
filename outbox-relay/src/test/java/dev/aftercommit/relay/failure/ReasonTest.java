package dev.aftercommit.relay.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class ReasonTest {
    @Test
    void aMessageOfSeveralLinesAndSentencesBecomesPartOfOne() {
        assertThat(Reason.of(new IOException("ERROR: no.\n  Detail: Because. \n")))
                .isEqualTo("ERROR: no.; Detail: Because");
    }

    @Test
    void aFailureWithoutAMessageIsCalledByItsKind() {
        assertThat(Reason.of(new TimeoutException())).isEqualTo("timeout");
        assertThat(Reason.of((Throwable) null)).isEqualTo("no reason given");
    }

    @Test
    void theRootIsTheDeepestThatSaysSomething() {
        assertThat(Reason.rootOf(new IllegalStateException("wrapped", new IOException("broken", new EOFException()))))
                .isEqualTo("broken");
    }
}
