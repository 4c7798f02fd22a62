package dev.aftercommit.demo.howto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import dev.aftercommit.testkit.TestInbox;
import dev.aftercommit.testkit.TestRelay;
import org.junit.jupiter.api.Test;

@OutboxTest(schema = Tables.class)
class DirectoryIT {
    @Test
    void anAccountIsListed(OutboxFixture fixture, TestRelay relay, TestInbox inbox) {
        try (OutboxConsumer consumer = Directory.start(fixture.dataSource(), fixture.natsUrl(), fixture.source())) {
            inbox.awaitHandled(relay.publish(new AccountCreated("1", "anna@example.org")));
            assertThat(Sql.query(fixture.dataSource(), "SELECT * FROM directory"))
                    .containsExactly("1|anna@example.org");
            assertThat(consumer.status().parked().total()).isZero();
        }
    }
}
