package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aftercommit.consumer.spi.HandlerTransactions;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import dev.aftercommit.testkit.TestServers;
import java.sql.Connection;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Those who would not commit or roll back what the consumer does are refused before there is an event. */
@OutboxTest(schema = Effects.Table.class)
final class TransactionsTrialIT {
    private final Scene scene;

    private final OutboxFixture another = OutboxFixture.open(TestServers.shared(), new Effects.Table());
    private final Scene elsewhere = Scene.of(another);

    TransactionsTrialIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
        elsewhere.close();
        another.close();
    }

    /** How a transaction goes on a connection with autocommit off. */
    private interface Course {
        void run(Connection connection, HandlerTransactions.Work work) throws Exception;
    }

    private static HandlerTransactions on(DataSource dataSource, Course course) {
        return work -> {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                course.run(connection, work);
            }
        };
    }

    private Map<HandlerTransactions, String> wrong() {
        DataSource here = scene.effects().dataSource();
        return Map.of(
                work -> {},
                "No transaction was begun",
                work -> {
                    throw new IllegalArgumentException("nobody manages transactions");
                },
                "nobody manages transactions",
                on(here, (connection, work) -> {
                    connection.setAutoCommit(true);
                    work.in(connection);
                }),
                "autocommit on",
                on(here, (connection, work) -> work.in(connection)),
                "was rolled back instead of committed",
                on(here, (connection, work) -> {
                    try {
                        work.in(connection);
                    } finally {
                        connection.commit();
                    }
                }),
                "commits what has failed",
                on(elsewhere.effects().dataSource(), (connection, work) -> {
                    work.in(connection);
                    connection.commit();
                }),
                "leads to the database " + elsewhere.database());
    }

    @Test
    void whoDoesNotCarryTransactionsAsTheyShouldIsRefusedAtTheStartAndToldWhy() {
        wrong().forEach((transactions, why) -> {
            try (OutboxConsumer consumer = scene.consumer(new RecordingHandlers())
                    .transactions(transactions)
                    .build()) {
                AftercommitException refusal = catchThrowableOfType(AftercommitException.class, consumer::start);
                assertThat(refusal)
                        .as(why)
                        .hasMessageContaining("transactions(")
                        .hasMessageContaining(why);
                assertThat(refusal.code()).as(why).isEqualTo(ErrorCode.INVALID_SETTING);
            }
        });
    }
}
