package dev.aftercommit.demo.howto;

import dev.aftercommit.testkit.HandlerFuzz;
import dev.aftercommit.testkit.OutboxTest;
import org.junit.jupiter.api.Test;

@OutboxTest(schema = Tables.class)
class DirectoryUnderFireIT {
    @Test
    void itIsTheSameHoweverEventsReachIt(HandlerFuzz fuzz) {
        fuzz.consumer(Directory::start)
                .events(new AccountCreated("1", "anna@example.org"), new AccountCreated("2", "bob@example.org"))
                .comparing("SELECT * FROM directory ORDER BY id")
                .runs(5)
                .run();
    }
}
