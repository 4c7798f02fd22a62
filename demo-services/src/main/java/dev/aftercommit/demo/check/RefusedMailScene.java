package dev.aftercommit.demo.check;

import dev.aftercommit.demo.check.Facts.Held;
import dev.aftercommit.demo.check.Facts.RefusedMail;
import dev.aftercommit.demo.check.People.Somebody;
import dev.aftercommit.demo.local.LocalDemo;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The scene in which the mail gateway refuses a mail for good: its event is dead in notification-service alone, the
 * other services have handled it, other mails go on, and when the cause is mended a redrive sends it.
 */
final class RefusedMailScene {
    private static final String SUPPRESSED_DOMAIN = "invalid";
    private static final int OTHERS = 10;

    private final LocalDemo demo;
    private final People people;
    private final Evidence evidence;
    private final Consumer<String> tell;

    RefusedMailScene(LocalDemo demo, People people, Evidence evidence, Consumer<String> tell) {
        this.demo = demo;
        this.people = people;
        this.evidence = evidence;
        this.tell = tell;
    }

    RefusedMail play() throws SQLException, IOException, InterruptedException {
        MailEvidence mails = evidence.mails();
        Somebody refused = people.createAt("example." + SUPPRESSED_DOMAIN);
        Await.until("the refused mail's event to be dead", () -> !mails.held().isEmpty());
        List<Somebody> others = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            others.add(people.create());
        }
        others.forEach(people::changeEmail);
        Await.until("other mails meanwhile", () -> mails.sentTo(others) >= 2 * OTHERS);
        Await.until("the directory to handle all of it", evidence::directoryHasAll);
        List<Held> held = mails.held();
        List<Held> elsewhere = evidence.heldBesidesMails();
        int sentMeanwhile = mails.sentTo(others);
        tell.accept(
                "the mail to account " + refused.userId() + " refused, its event dead in notification-service alone; "
                        + sentMeanwhile + " others sent meanwhile");

        Ask.of(demo.mailGateway(), "DELETE", "/suppressions/" + SUPPRESSED_DOMAIN);
        for (Held dead : held) {
            Ask.of(demo.notificationService(), "POST", "/parked/" + dead.eventId() + "/redrive");
        }
        Await.until("the redriven mail to be sent", () -> mails.held().isEmpty());
        tell.accept("cause mended and redriven: the mail is sent");
        return new RefusedMail(Long.toString(refused.userId()), held, elsewhere, sentMeanwhile);
    }
}
