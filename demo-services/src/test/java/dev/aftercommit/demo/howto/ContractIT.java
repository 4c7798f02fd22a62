package dev.aftercommit.demo.howto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.OutboxConsumer;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import dev.aftercommit.testkit.StreamRecording;
import dev.aftercommit.testkit.TestInbox;
import dev.aftercommit.testkit.TestRelay;
import org.junit.jupiter.api.Test;

@OutboxTest(schema = Tables.class)
class ContractIT {
    @Test
    void whatAccountsPublishedIsUnderstood(OutboxFixture fixture, TestRelay relay, TestInbox inbox) {
        try (OutboxConsumer consumer = Directory.start(fixture.dataSource(), fixture.natsUrl(), fixture.source())) {
            inbox.awaitHandled(relay.replay(StreamRecording.ofResource("/accounts.jsonl")));
            assertThat(consumer.status().handledEvents()).isPositive();
        }
    }
}
