package dev.aftercommit.crash.service;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.crash.load.Poison;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * When which misconduct happens: with poison always the same one, until somebody has mended what the handler stumbles over;
 * otherwise by chance, such that the next attempt mostly passes. Safe for use by many threads.
 */
final class Misconducts {
    private static final List<Misconduct> OF_POISON = List.of(
            Misconduct.THROWS,
            Misconduct.REFUSES_FOR_GOOD,
            Misconduct.SQL_ERROR,
            Misconduct.SWALLOWED_ERROR,
            Misconduct.CONSTRAINT,
            Misconduct.CONSTRAINT_AT_COMMIT,
            Misconduct.ROLLS_BACK_BEHIND_THE_GUARD,
            Misconduct.COMMITS_BEHIND_THE_GUARD);

    /** None of them is final. */
    private static final List<Misconduct> BY_CHANCE = List.of(
            Misconduct.THROWS,
            Misconduct.SQL_ERROR,
            Misconduct.SWALLOWED_ERROR,
            Misconduct.CONSTRAINT,
            Misconduct.CONSTRAINT_AT_COMMIT,
            Misconduct.COMMITS,
            Misconduct.LEAVES_A_STATEMENT_OPEN,
            Misconduct.SETS_THE_SESSION,
            Misconduct.TAKES_ITS_TIME);

    private static final int ONE_IN = 30;

    private final Poison poison;
    private final Random chance;

    Misconducts(Poison poison, Random chance) {
        this.poison = poison;
        this.chance = chance;
    }

    Misconduct at(EventEnvelope envelope, Connection tx) throws SQLException {
        UUID event = envelope.eventId();
        if (poison.isPoison(event)) {
            return isMended(tx) ? Misconduct.NONE : OF_POISON.get(poison.kind(event, OF_POISON.size()));
        }
        return chance.nextInt(ONE_IN) == 0 ? BY_CHANCE.get(chance.nextInt(BY_CHANCE.size())) : Misconduct.NONE;
    }

    private static boolean isMended(Connection tx) throws SQLException {
        return Misconduct.isTrue(tx, "SELECT EXISTS (SELECT FROM public.mended)");
    }
}
