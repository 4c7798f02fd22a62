package dev.aftercommit.crash.check;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Each aggregate's events stand in the stream in the order of their commits, but for those that were healed. */
final class AggregateOrder implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        Map<Row.Aggregate, Long> last = new HashMap<>();
        for (Match.Published published : match.published()) {
            if (published.isHealed()) {
                continue;
            }
            Row row = published.row();
            @Nullable Long before = last.put(row.aggregate(), row.number());
            if (before != null && row.number() <= before) {
                verdict.add(
                        FindingKind.AGGREGATE_DISORDER,
                        row.aggregate() + ": number " + row.number() + " after " + before + " at sequence "
                                + published.message().sequence());
            }
        }
    }
}
