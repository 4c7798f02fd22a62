package dev.aftercommit.demo.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.demo.check.Facts.Due;
import dev.aftercommit.demo.check.Facts.Held;
import dev.aftercommit.demo.check.Facts.Mail;
import dev.aftercommit.demo.check.Facts.Mails;
import dev.aftercommit.demo.check.Facts.RefusedMail;
import dev.aftercommit.demo.check.Verdict.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two events with a mail each, and one that was refused for a while; each test tampers with one thing. */
class MailVerdictTest {
    private static final Mail ADA = new Mail("ada@example.com", "Welcome");
    private static final Mail GRACE = new Mail("grace@example.com", "Welcome");
    private static final UUID ADAS = new UUID(7, 1);
    private static final UUID GRACES = new UUID(7, 2);
    private static final Held DEAD = new Held(ADAS, "1", "dead");

    private final List<Due> due = List.of(new Due(ADAS, ADA), new Due(GRACES, GRACE));
    private final List<Mail> sent = new ArrayList<>(List.of(ADA, GRACE));
    private final List<UUID> noted = new ArrayList<>(List.of(ADAS, GRACES));

    static Mails twoMails() {
        MailVerdictTest test = new MailVerdictTest();
        return new Mails(test.due, test.sent, 3, test.noted);
    }

    static RefusedMail refused() {
        return new RefusedMail("1", List.of(DEAD), List.of(), 20);
    }

    @Test
    void aMailThatWasAskedForAgainAndNotSentAgainIsRight() {
        assertThat(MailVerdict.of(twoMails())).hasSize(3).allMatch(Line::right);
        assertThat(MailVerdict.of(twoMails()).getFirst().detail()).startsWith("3 asked for again");
    }

    @Test
    void aMailThatWasSentTwiceIsWrong() {
        sent.add(ADA);

        assertWrong("mails sent", "mails sent wrong");
    }

    @Test
    void aMailThatWasNotSentIsWrong() {
        sent.remove(ADA);

        assertWrong("mails sent", "mails sent wrong");
    }

    @Test
    void aDoubleDoesNotHideAMissingMail() {
        sent.set(0, GRACE);

        assertWrong("mails sent wrong");
    }

    @Test
    void aMailThatNoEventAsksForIsWrong() {
        sent.add(new Mail("alan@example.com", "Welcome"));

        assertWrong("mails sent");
    }

    @Test
    void aMailThatWasNotedTwiceIsWrong() {
        noted.add(ADAS);

        assertWrong("mails noted wrong");
    }

    @Test
    void aMailThatWasNotNotedIsWrong() {
        noted.clear();

        assertWrong("mails noted wrong");
    }

    @Test
    void aRefusedMailIsHeldBackAloneAndByOneService() {
        assertThat(MailVerdict.of(refused()).right()).isTrue();
        assertThat(List.of(
                        new RefusedMail("1", List.of(), List.of(), 20),
                        new RefusedMail("1", List.of(DEAD, new Held(GRACES, "2", "dead")), List.of(), 20),
                        new RefusedMail("1", List.of(new Held(ADAS, "1", "retrying")), List.of(), 20),
                        new RefusedMail("2", List.of(DEAD), List.of(), 20),
                        new RefusedMail("1", List.of(DEAD), List.of(DEAD), 20),
                        new RefusedMail("1", List.of(DEAD), List.of(), 0)))
                .noneMatch(refused -> MailVerdict.of(refused).right());
    }

    private void assertWrong(String... names) {
        assertThat(MailVerdict.of(new Mails(due, sent, 0, noted)).stream()
                        .filter(line -> !line.right())
                        .map(Line::name))
                .containsExactly(names);
    }
}
