package dev.aftercommit.crash.check;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header {@code Outbox-Position}.
 *
 * @param text as it stands there; sorts as positions do
 * @param isFromTable whether the event did not come from the WAL: it is older than the first slot, or was healed
 */
public record Position(String text, String epoch, boolean isFromTable) {
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{8})-([0-9a-f]{16})-[0-9a-f]{8}");

    static Optional<Position> parse(String text) {
        Matcher parts = FORM.matcher(text);
        return parts.matches()
                ? Optional.of(new Position(
                        text, parts.group(1), parts.group(2).chars().allMatch(c -> c == '0')))
                : Optional.empty();
    }
}
