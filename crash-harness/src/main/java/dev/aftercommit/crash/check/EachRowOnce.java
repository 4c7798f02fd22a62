package dev.aftercommit.crash.check;

/** Every row of the table is in the stream, and only once. */
final class EachRowOnce implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        for (Row row : match.missing()) {
            verdict.add(FindingKind.MISSING, row.id() + " (" + row.aggregate().id() + ", number " + row.number() + ")");
        }
        for (StoredMessage message : match.doubles()) {
            verdict.add(FindingKind.DOUBLED, message.header("ce-id") + " again at sequence " + message.sequence());
        }
    }
}
