package dev.aftercommit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.localservers.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is said of the events that code emitted. */
@OutboxTest(schema = Accounts.Schema.class)
class TestOutboxIT {
    private final Accounts accounts;
    private final TestOutbox outbox;
    private final DataSource database;

    TestOutboxIT(DataSource database, TestOutbox outbox) {
        this.database = database;
        this.outbox = outbox;
        this.accounts = new Accounts(database);
    }

    @Test
    void whatTheBlockEmittedIsFoundInItsOrderAndNothingFromBefore() {
        accounts.create("before", 1);
        outbox.emitted(() -> {
                    accounts.create("anna", 1);
                    accounts.create("bob", 2);
                })
                .containsExactly(new AccountCreated("anna", 1), new AccountCreated("bob", 2))
                .containsExactlyInAnyOrder(new AccountCreated("bob", 2), new AccountCreated("anna", 1))
                .contains(new AccountCreated("bob", 2));
        assertThat(outbox.all()).extracting(EmittedEvent::aggregateId).containsExactly("before", "anna", "bob");
    }

    @Test
    void theOrderOfRowsOfOneStatementIsTheirs() {
        String rows = Accounts.insert("a", 1, "NULL");
        for (int i = 2; i <= 50; i++) {
            rows += "," + Accounts.insert("a", i, "NULL").replaceFirst(".* VALUES ", "");
        }
        String statement = rows;
        EmittedAssert emitted = outbox.emitted(() -> Sql.execute(database, statement));
        for (int i = 0; i < 50; i++) {
            emitted.element(i).isEvent(new AccountCreated("a", i + 1));
        }
    }

    @Test
    void whatWasRolledBackWasNotEmitted() {
        outbox.emitted(() -> assertThatThrownBy(() -> accounts.createInVain("anna")))
                .isEmpty();
    }

    @Test
    void whatIsNotCommittedYetIsSeenInItsTransactionOnly() throws SQLException {
        try (Connection tx = database.getConnection();
                Statement statement = tx.createStatement()) {
            tx.setAutoCommit(false);
            outbox.emitted(() -> statement.execute(Accounts.insert("anna", 1, "NULL")))
                    .isEmpty();
            TestOutbox inside = TestOutbox.of(new OneConnection(tx));
            inside.emitted(() -> statement.execute(Accounts.insert("bob", 2, "NULL")))
                    .containsExactly(new AccountCreated("bob", 2));
        }
    }

    @Test
    void anEventsAggregateVersionAndHeadersCanBeAskedFor() {
        outbox.emitted(() -> accounts.createWithHeaders("anna", 1, "{\"tenant\": \"blue\", \"eventversion\": \"1\"}"))
                .singleElement()
                .isEvent(new AccountCreated("anna", 1))
                .hasAggregate("account", "anna")
                .hasHeader("tenant", "blue")
                .hasNoHeader("traceparent");
    }

    @Test
    void aFailureTellsWhatWasExpectedWhatWasEmittedAndWhatDiffers() {
        EmittedAssert emitted = outbox.emitted(() -> {
            accounts.create("anna", 1);
            accounts.createWithHeaders("bob", 2, "{\"tenant\": \"blue\"}");
        });
        assertThat(failure(() -> emitted.containsExactly(
                        new AccountCreated("anna", 7), new AccountRenamed("bob", "b"), new AccountCreated("carl", 3))))
                .isEqualTo("""
                        Expected exactly, in this order,
                          AccountCreated of account/anna {"account":"anna","number":7}
                          AccountRenamed v2 of account/bob {"account":"bob","name":"b"}
                          AccountCreated of account/carl {"account":"carl","number":3}
                        but emitted was
                          AccountCreated of account/anna {"account": "anna", "number": 1}
                          AccountCreated of account/bob {"account": "bob", "number": 2} headers {tenant=blue}
                        event 1: the payload reads as {"account":"anna","number":1} instead of {"account":"anna","number":7}
                        event 2: the event type is AccountCreated instead of AccountRenamed, the version is 1 instead of 2
                        event 3 is missing""");
        assertThat(failure(() -> emitted.containsExactly(new AccountCreated("anna", 1))))
                .endsWith("event 2 is one too many");
        assertThat(failure(() -> emitted.containsExactlyInAnyOrder(new AccountCreated("anna", 1))))
                .contains("not expected: AccountCreated of account/bob");
        assertThat(failure(() -> emitted.contains(new AccountCreated("zoe", 1))))
                .contains("missing: AccountCreated of account/zoe");
        assertThat(failure(emitted::isEmpty)).contains("Expected no event", "account/anna", "account/bob");
        assertThat(failure(emitted::singleElement)).contains("Expected exactly one event", "there are 2");
        assertThat(failure(() -> emitted.element(1).hasHeader("tenant", "red")))
                .contains("tenant = red but it is blue");
        assertThat(failure(() -> emitted.element(0).hasHeader("tenant", "red"))).contains("but there is none");
        assertThat(failure(() -> emitted.element(1).hasNoHeader("tenant"))).contains("Expected no header tenant");
        assertThat(failure(() -> emitted.element(0).hasAggregate("account", "bob")))
                .contains("an event of account/bob");
        assertThat(failure(() -> outbox.emitted(() -> {}).contains(new AccountCreated("anna", 1))))
                .contains("but emitted was nothing");
    }

    /** Its number doubles whenever one is made, and so it does when it is read. */
    @DomainEvent(aggregateType = "account", type = "AccountCreated")
    record Doubling(@AggregateId String account, int number) {
        Doubling {
            number = 2 * number;
        }
    }

    @Test
    void anEventThatIsAnotherOneAfterItWasWrittenAndReadIsNamed() {
        EmittedAssert emitted = outbox.emitted(() -> accounts.create("anna", 2));
        assertThat(failure(() -> emitted.containsExactly(new Doubling("anna", 1))))
                .contains(
                        "the payload reads as {\"account\":\"anna\",\"number\":4}, though it was written as expected");
    }

    @Test
    void whatTheBlockThrowsIsThrown() {
        assertThatThrownBy(() -> outbox.emitted(() -> {
                    throw new SQLException("gone");
                }))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void anObjectThatIsNoEventIsRefused() {
        assertThatThrownBy(() -> outbox.emitted(() -> {}).containsExactly("anna"))
                .isInstanceOf(AftercommitException.class)
                .hasMessageContaining("java.lang.String is not a domain event");
    }

    @Test
    void aDatabaseWithoutAnOutboxIsNamed() {
        Sql.execute(database, "DROP SCHEMA outbox CASCADE");
        assertThatThrownBy(() -> outbox.all())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Migrations.outbox(dataSource).migrate()");
    }

    private static String failure(ThrowingCallable assertion) {
        return catchThrowableOfType(AssertionError.class, assertion).getMessage();
    }
}
