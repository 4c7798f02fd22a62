package dev.aftercommit.demo.check;

import dev.aftercommit.demo.check.Facts.Due;
import dev.aftercommit.demo.check.Facts.Held;
import dev.aftercommit.demo.check.Facts.Mails;
import dev.aftercommit.demo.check.Facts.RefusedMail;
import dev.aftercommit.demo.check.Verdict.Line;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/** Judges what happened outside the services' databases; pure. */
final class MailVerdict {
    private MailVerdict() {}

    static List<Line> of(Mails mails) {
        int due = mails.due().size();
        int sent = mails.sent().size();
        return List.of(
                new Line(
                        "mails sent",
                        sent,
                        sent > 0 && sent == due,
                        mails.askedAgain() + " asked for again and known by their key"),
                Verdict.zero(
                        "mails sent wrong",
                        twice(mails.sent()),
                        "sent twice",
                        Verdict.missing(mails.due().stream().map(Due::mail).toList(), mails.sent()),
                        "not sent"),
                Verdict.zero(
                        "mails noted wrong",
                        twice(mails.noted()),
                        "noted twice",
                        Verdict.missing(mails.due().stream().map(Due::eventId).toList(), mails.noted()),
                        "not noted"));
    }

    /** Right when that one mail was held back, by that one service. */
    static Line of(RefusedMail refused) {
        List<Held> held = refused.held();
        boolean alone = held.size() == 1
                && held.getFirst().state().equals("dead")
                && held.getFirst().aggregateId().equals(refused.account())
                && refused.heldElsewhere().isEmpty();
        return new Line(
                "held back by a refused mail",
                held.size(),
                alone && refused.sentMeanwhile() > 0,
                "of account " + refused.account() + ", until redriven; " + refused.sentMeanwhile()
                        + " others sent meanwhile");
    }

    private static int twice(Collection<?> all) {
        return all.size() - new HashSet<>(all).size();
    }
}
