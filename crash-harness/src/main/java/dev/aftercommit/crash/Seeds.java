package dev.aftercommit.crash;

import java.util.Random;
import java.util.SplittableRandom;

/**
 * What a round's seed becomes: seeds of their own for what must not hang together. Mixed, since the first numbers of
 * {@link Random} are nearly the same for seeds that follow one another.
 */
record Seeds(long schedule, long faults, long writers, long poison) {
    static Seeds of(long round) {
        SplittableRandom mixed = new SplittableRandom(round);
        return new Seeds(mixed.nextLong(), mixed.nextLong(), mixed.nextLong(), mixed.nextLong());
    }
}
