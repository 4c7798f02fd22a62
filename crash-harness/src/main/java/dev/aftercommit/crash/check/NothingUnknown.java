package dev.aftercommit.crash.check;

import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Nothing is in the stream that is no row, but for what a database that went back has forgotten: incidents name it. */
final class NothingUnknown implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        Set<UUID> told = match.evidence().incidents().stream()
                .flatMap(incident -> incident.ghosts().stream())
                .collect(Collectors.toSet());
        for (StoredMessage message : match.unknown()) {
            String what = message.header("ce-id") + " at sequence " + message.sequence();
            boolean canBeGhost =
                    match.evidence().databaseWentBack() && message.id().isPresent();
            if (!canBeGhost) {
                verdict.add(FindingKind.UNKNOWN, what);
            } else if (!told.contains(message.id().get())) {
                verdict.add(FindingKind.GHOST_UNTOLD, what);
            }
        }
    }
}
