package dev.aftercommit.consumer.internal.parallel;

import java.time.Duration;

/** What JetStream is told of a message. */
sealed interface Answer {
    /** What it has brought is committed, or it brings nothing. */
    record Settled() implements Answer {}

    /** It has to come again. */
    record ComeAgain(Duration after) implements Answer {}
}
