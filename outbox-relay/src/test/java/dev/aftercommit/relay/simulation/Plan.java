package dev.aftercommit.relay.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What happens to a world: what services commit, what breaks, and what people do. A seed decides it.
 *
 * @param actions in their order
 */
record Plan(List<Action> actions) {
    /** Of a seed's kinds of faults each is as likely as the others. */
    enum Kind {
        // Services
        COMMIT,
        BEGIN,
        INSERT,
        END,
        OTHER_WORK,
        // Relays
        KILL_HERE,
        KILL_BEHIND,
        KILL,
        FREEZE,
        STOP,
        // The network
        FAIL_HERE,
        FAIL_BEHIND,
        CUT_BROKER,
        LOSE_MESSAGE,
        LOSE_ACKNOWLEDGEMENT,
        CUT_CAPTURE,
        // The database
        RESTART_DATABASE,
        SNAPSHOT,
        RESTORE,
        REPLICATE,
        FAIL_OVER,
        DUMP_INTO_ANOTHER,
        SLOW_COMMIT,
        PREPARE,
        // The slot and the publication
        DROP_SLOT,
        DROP_AND_MAKE_SLOT,
        ADVANCE_SLOT,
        LOSE_SLOT,
        ALTER_PUBLICATION,
        ALTER_PUBLICATION_BACK,
        DROP_PUBLICATION,
        DROP_AND_MAKE_PUBLICATION,
        // The stream
        DELETE_STREAM,
        PURGE,
        PURGE_SOME,
        DELETE_MESSAGE,
        DELETE_LAST_MESSAGE,
        COPY_STREAM,
        RESTORE_STREAM,
        // What the stream cannot take
        COMMIT_UNFIT,
        CHANGE_LIMITS,
        RETRY,
        DISCARD,
        // What a relay is blocked by
        HEAL,
        // Retention
        HOURS_PASS;

        boolean isFault() {
            return compareTo(KILL_HERE) >= 0;
        }
    }

    /**
     * One thing that happens.
     *
     * @param step after how many calls of ports
     * @param argument for details
     */
    record Action(int step, Kind kind, int argument) {}

    private static final Kind[] KINDS = Kind.values();

    static Plan of(long seed) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
        int steps = 60 + random.nextInt(500);
        List<Action> actions = new ArrayList<>();
        int work = 4 + random.nextInt(24);
        for (int i = 0; i < work; i++) {
            int which = random.nextInt(10);
            Kind kind = which < 4 ? Kind.COMMIT : KINDS[which % 5];
            actions.add(action(random, steps, kind));
        }
        List<Kind> possible = new ArrayList<>();
        int odds = 1 + random.nextInt(8);
        for (Kind kind : KINDS) {
            if (kind.isFault() && random.nextInt(16) < odds) {
                possible.add(kind);
            }
        }
        addWhatComesBefore(possible);
        int faults = possible.isEmpty() ? 0 : 1 + random.nextInt(2 + random.nextInt(10));
        for (int i = 0; i < faults; i++) {
            actions.add(action(random, steps, possible.get(random.nextInt(possible.size()))));
        }
        actions.sort(Comparator.comparingInt(Action::step));
        return new Plan(actions);
    }

    /** What restores needs something to restore. */
    private static void addWhatComesBefore(List<Kind> possible) {
        if (possible.contains(Kind.RESTORE)) {
            possible.add(Kind.SNAPSHOT);
        }
        if (possible.contains(Kind.FAIL_OVER)) {
            possible.add(Kind.REPLICATE);
        }
        if (possible.contains(Kind.RETRY) || possible.contains(Kind.DISCARD)) {
            possible.add(Kind.COMMIT_UNFIT);
        }
        if (possible.contains(Kind.RESTORE_STREAM)) {
            possible.add(Kind.COPY_STREAM);
        }
    }

    private static Action action(SplittableRandom random, int steps, Kind kind) {
        return new Action(random.nextInt(steps), kind, random.nextInt(1 << 16));
    }

    boolean includes(Kind kind) {
        return actions.stream().anyMatch(action -> action.kind() == kind);
    }

    Plan without(int from, int to) {
        List<Action> left = new ArrayList<>(actions.subList(0, from));
        left.addAll(actions.subList(to, actions.size()));
        return new Plan(left);
    }
}
