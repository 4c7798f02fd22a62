package dev.aftercommit.crash.check;

import org.jspecify.annotations.Nullable;

/**
 * Every effect is of an event of the stream that has a handler, and the handler took it for what it is. Where the database
 * went back, an effect may be of an event that nobody knows any more.
 */
final class NoEffectOfNothing implements InboxChecker.Rule {
    @Override
    public void check(InboxMatch match, Verdict verdict) {
        for (Effect effect : match.inbox().effects()) {
            Match.@Nullable Published published = match.owed().get(effect.event());
            if (published == null) {
                if (!match.stream().evidence().databaseWentBack()) {
                    verdict.add(FindingKind.EFFECT_UNKNOWN, effect.toString());
                }
            } else if (!effect.aggregate().equals(published.row().aggregate())
                    || effect.number() != published.row().number()) {
                verdict.add(
                        FindingKind.EFFECT_ALTERED,
                        effect + " instead of number " + published.row().number() + " of "
                                + published.row().aggregate());
            }
        }
    }
}
