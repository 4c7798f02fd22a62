package dev.aftercommit.crash.check;

import java.util.Optional;

/** Positions rise from message to message, ghosts included: consumers compare them. */
final class PositionsRise implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        String before = "";
        for (StoredMessage message : match.evidence().messages()) {
            Optional<Position> position = message.position();
            if (position.isEmpty()) {
                verdict.add(FindingKind.POSITION_DISORDER, "no position at sequence " + message.sequence());
                continue;
            }
            String text = position.get().text();
            if (text.compareTo(before) <= 0) {
                verdict.add(
                        FindingKind.POSITION_DISORDER,
                        text + " after " + before + " at sequence " + message.sequence());
            }
            before = text;
        }
    }
}
