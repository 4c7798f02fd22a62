package dev.aftercommit.crash.load;

import java.util.UUID;

/**
 * Which events a service's handlers refuse, until an operator has mended what they stumble over: about one in 200.
 *
 * @param seed the same for all instances of the service and for whoever judges them
 */
public record Poison(long seed) {
    private static final int ONE_IN = 200;

    public boolean isPoison(UUID event) {
        return Long.remainderUnsigned(mixed(event), ONE_IN) == 0;
    }

    /** Of so many kinds, from 0, the one that a poisoned event is of. */
    public int kind(UUID event, int kinds) {
        return (int) Long.remainderUnsigned(mixed(event) / ONE_IN, kinds);
    }

    /** As SplittableRandom mixes its seeds: ids of events differ in few bits. */
    private long mixed(UUID event) {
        long mixed = event.getMostSignificantBits() ^ event.getLeastSignificantBits() ^ seed;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
