package dev.aftercommit.relay.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads durations such as {@code 7d}, {@code 12h} and {@code daily}. */
final class Durations {
    private static final Pattern NUMBER = Pattern.compile("([1-9][0-9]{0,4})([hdw])");
    private static final Map<String, Integer> HOURS = Map.of("h", 1, "d", 24, "w", 7 * 24);
    private static final Map<String, Duration> WORDS =
            Map.of("hourly", Duration.ofHours(1), "daily", Duration.ofDays(1), "weekly", Duration.ofDays(7));

    private Durations() {}

    /** The duration; null when it is none. */
    static @Nullable Duration parse(String text) {
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            return WORDS.get(text);
        }
        // Not Duration.multipliedBy: its first use computes tables of powers, for 20 ms.
        Integer hours = HOURS.get(number.group(2));
        return hours == null ? null : Duration.ofHours(Long.parseLong(number.group(1)) * hours);
    }
}
