package dev.aftercommit.crash.check;

/** No event is published from the table after the first start without an incident that counts it. */
final class HealsAreTold implements Checker.Rule {
    @Override
    public void check(Match match, Verdict verdict) {
        long healed = match.published().stream()
                .filter(published -> published.origin() == Origin.HEALED)
                .count();
        long told = match.evidence().incidents().stream()
                .mapToLong(Incident::events)
                .sum();
        if (healed > told) {
            verdict.add(FindingKind.HEAL_UNTOLD, healed + " events were healed, incidents tell of " + told);
        }
    }
}
