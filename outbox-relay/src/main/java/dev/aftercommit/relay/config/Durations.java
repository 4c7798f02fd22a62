package dev.aftercommit.relay.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads durations such as {@code 7d}, {@code 12h} and {@code daily}. */
final class Durations {
    private static final Pattern NUMBER = Pattern.compile("([1-9][0-9]{0,4})([hdw])");
    private static final Map<String, Duration> UNITS =
            Map.of("h", Duration.ofHours(1), "d", Duration.ofDays(1), "w", Duration.ofDays(7));
    private static final Map<String, Duration> WORDS =
            Map.of("hourly", Duration.ofHours(1), "daily", Duration.ofDays(1), "weekly", Duration.ofDays(7));

    private Durations() {}

    /** The duration; null when it is none. */
    static @Nullable Duration parse(String text) {
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            return WORDS.get(text);
        }
        Duration unit = UNITS.get(number.group(2));
        return unit == null ? null : unit.multipliedBy(Long.parseLong(number.group(1)));
    }
}
