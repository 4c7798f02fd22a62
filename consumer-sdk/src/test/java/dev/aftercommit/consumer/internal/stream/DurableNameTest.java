package dev.aftercommit.consumer.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DurableNameTest {
    private static final ConsumerIdentity MAILER = new ConsumerIdentity("mailer", "accounts");
    private static final StreamIdentity STREAM =
            new StreamIdentity("OUTBOX_ACCOUNTS 2026-11-24T10:00:00Z 16", new UUID(1, 1), new UUID(2, 2));

    @Test
    void itSaysWhoseItIsInWhatJetStreamAllows() {
        assertThat(DurableName.of(new ConsumerIdentity("mails. *>/ü", "accounts"), "db", STREAM, 0)
                        .text())
                .matches("mails______-[0-9a-f]{16}");
        assertThat(DurableName.of(new ConsumerIdentity("m".repeat(300), "accounts"), "db", STREAM, 0)
                        .text())
                .hasSize(57);
    }

    @Test
    void itIsAnotherOneWhereWhatWasAcknowledgedMeansSomethingElse() {
        DurableName one = DurableName.of(MAILER, "db", STREAM, 0);
        assertThat(DurableName.of(MAILER, "db", STREAM, 0)).isEqualTo(one);
        assertThat(Stream.of(
                        DurableName.of(new ConsumerIdentity("mailer", "orders"), "db", STREAM, 0),
                        DurableName.of(MAILER, "restored", STREAM, 0),
                        DurableName.of(
                                MAILER,
                                "db",
                                new StreamIdentity(
                                        "OUTBOX_ACCOUNTS 2026-11-25T10:00:00Z 16", STREAM.history(), STREAM.branch()),
                                0),
                        DurableName.of(
                                MAILER, "db", new StreamIdentity(STREAM.stream(), STREAM.history(), new UUID(3, 3)), 0),
                        DurableName.of(MAILER, "db", STREAM, 1)))
                .doesNotHaveDuplicates()
                .doesNotContain(one);
    }
}
