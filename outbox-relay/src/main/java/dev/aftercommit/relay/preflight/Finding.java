package dev.aftercommit.relay.preflight;

/**
 * One thing that was looked at before a start, or by {@code doctor}.
 *
 * @param subject what was looked at, such as {@code wal_level}
 * @param text what was found, and what to do about it when that is not right
 */
public record Finding(Level level, String subject, String text) {
    /** How bad it is. */
    public enum Level {
        OK,
        WARNING,
        PROBLEM
    }

    public static Finding ok(String subject, String text) {
        return new Finding(Level.OK, subject, text);
    }

    public static Finding warning(String subject, String text) {
        return new Finding(Level.WARNING, subject, text);
    }

    public static Finding problem(String subject, String text) {
        return new Finding(Level.PROBLEM, subject, text);
    }
}
