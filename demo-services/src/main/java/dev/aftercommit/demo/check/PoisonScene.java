package dev.aftercommit.demo.check;

import dev.aftercommit.demo.check.Facts.Held;
import dev.aftercommit.demo.check.Facts.Parking;
import dev.aftercommit.demo.check.People.Somebody;
import dev.aftercommit.demo.local.Program;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/**
 * The scene in which account-service takes an account that directory-service refuses: its events are held back, all others
 * go on, and when the cause is mended a redrive brings them in.
 */
final class PoisonScene {
    private static final String RESERVED_NAME = "admin";
    private static final int OTHERS = 10;

    private final Program directoryService;
    private final People people;
    private final Evidence evidence;
    private final Consumer<String> tell;

    PoisonScene(Program directoryService, People people, Evidence evidence, Consumer<String> tell) {
        this.directoryService = directoryService;
        this.people = people;
        this.evidence = evidence;
        this.tell = tell;
    }

    Parking play() throws SQLException, IOException, InterruptedException {
        Somebody refused = people.create(RESERVED_NAME);
        people.changeEmail(refused);
        people.logIn(refused);
        Await.until(
                "the refused event to be dead",
                () -> evidence.held().stream().anyMatch(held -> held.state().equals("dead")));
        int before = evidence.handled();
        for (int i = 0; i < OTHERS; i++) {
            people.changeEmail(people.create());
        }
        Await.until("the others' events to be handled meanwhile", () -> evidence.handled() >= before + 2 * OTHERS);
        List<Held> held = evidence.held();
        int handledMeanwhile = evidence.handled() - before;
        tell.accept(held.size() + " events of account " + refused.userId() + " held back, the first one dead; "
                + handledMeanwhile + " of others handled meanwhile");

        Ask.of(directoryService, "DELETE", "/reserved-names/" + RESERVED_NAME);
        for (Held dead : held) {
            if (dead.state().equals("dead")) {
                Ask.of(directoryService, "POST", "/parked/" + dead.eventId() + "/redrive");
            }
        }
        Await.until("what was redriven to be handled", evidence::directoryHasAll);
        tell.accept("cause mended and redriven: all is handled");
        return new Parking(Long.toString(refused.userId()), held, handledMeanwhile);
    }
}
