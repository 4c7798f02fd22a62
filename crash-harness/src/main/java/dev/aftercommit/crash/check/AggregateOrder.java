package dev.aftercommit.crash.check;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Each aggregate's events stand in the stream in the order of their commits, and those that are parked behind them, but for
 * those that were healed.
 */
final class AggregateOrder implements Checker.Rule {
    private static final Set<Origin> WITHOUT_ORDER = Set.of(Origin.HEALED, Origin.FORGOTTEN);

    @Override
    public void check(Match match, Verdict verdict) {
        Set<UUID> late = match.evidence().parking().late();
        Map<Row.Aggregate, Long> last = new HashMap<>();
        for (Match.Published published : match.published()) {
            if (!WITHOUT_ORDER.contains(published.origin())
                    && !late.contains(published.row().id())) {
                check(published.row(), "at sequence " + published.message().sequence(), last, verdict);
            }
        }
        for (Row row : match.parked()) {
            if (!late.contains(row.id())) {
                check(row, "is parked", last, verdict);
            }
        }
    }

    private static void check(Row row, String where, Map<Row.Aggregate, Long> last, Verdict verdict) {
        @Nullable Long before = last.put(row.aggregate(), row.number());
        if (before != null && row.number() <= before) {
            verdict.add(
                    FindingKind.AGGREGATE_DISORDER,
                    row.aggregate() + ": number " + row.number() + " after " + before + " " + where);
        }
    }
}
