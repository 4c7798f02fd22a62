package dev.aftercommit.crash.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came from the WAL stands in the stream in the order in which a second slot saw it committed. */
final class CommitOrder implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        match.evidence().commitOrder().ifPresent(order -> check(match, order, verdict));
    }

    private static void check(Match match, List<UUID> order, Verdict verdict) {
        Map<UUID, Integer> places = new HashMap<>();
        order.forEach(id -> places.put(id, places.size()));
        int before = -1;
        for (Match.Published published : match.published()) {
            @Nullable
            Integer place = published.origin() == Origin.WAL
                    ? places.get(published.row().id())
                    : null;
            if (place == null) {
                continue;
            }
            if (place < before) {
                verdict.add(
                        FindingKind.COMMIT_DISORDER,
                        published.row().id() + " at sequence "
                                + published.message().sequence() + " was committed earlier");
            }
            before = place;
        }
    }
}
