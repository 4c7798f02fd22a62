package dev.aftercommit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.Sql;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What tests have for themselves and what they share. */
class OutboxTestIT {

    @Nested
    @OutboxTest(schema = Accounts.Schema.class)
    class PerMethod {
        private static final Set<String> DATABASES = new HashSet<>();
        private final DataSource ofConstructor;

        PerMethod(DataSource database) {
            ofConstructor = database;
        }

        @BeforeEach
        void createAnAccount(DataSource database) {
            new Accounts(database).create("of this test", 1);
        }

        @RepeatedTest(3)
        void eachTestHasADatabaseOfItsOwn(OutboxFixture fixture, TestOutbox outbox) {
            assertThat(DATABASES.add(fixture.jdbcUrl())).isTrue();
            assertThat(outbox.all()).hasSize(1);
            assertThat(Sql.query(ofConstructor, "SELECT id FROM account")).containsExactly("of this test");
        }

        @AfterAll
        static void theyAreDroppedAfterTheirTests() {
            assertThat(DATABASES).hasSize(3);
            try (OutboxFixture fixture = OutboxFixture.open(TestServers.shared())) {
                assertThat(Sql.query(
                                fixture.dataSource(), "SELECT datname FROM pg_database WHERE datname LIKE 'test_%'"))
                        .containsExactly(fixture.jdbcUrl().replaceFirst(".*/", ""));
            }
        }
    }

    @Nested
    @TestMethodOrder(MethodOrderer.MethodName.class)
    @OutboxTest(database = OutboxTest.Database.PER_CLASS, schema = Accounts.Schema.class)
    class PerClass {
        @BeforeAll
        static void createAnAccount(DataSource database) {
            new Accounts(database).create("of the class", 1);
        }

        @Test
        void aTestFindsWhatWasThere(DataSource database) {
            assertThat(accounts(database)).containsExactly("of the class");
            new Accounts(database).create("of a test", 2);
        }

        @Test
        void bTheNextOneFindsWhatItLeft(DataSource database) {
            assertThat(accounts(database)).containsExactly("of the class", "of a test");
        }

        @Nested
        class Within {
            @Test
            void soDoesANestedOne(DataSource database) {
                assertThat(accounts(database)).containsExactly("of the class", "of a test");
            }
        }
    }

    @Test
    void aRelayAndAnInboxOfAFixtureAreOfItsSource() {
        try (OutboxFixture fixture = OutboxFixture.open(TestServers.shared())) {
            assertThat(fixture.relay().publish(new AccountCreated("anna", 1)).source())
                    .isEqualTo(fixture.source());
            assertThat(fixture.relay().stream().size()).isEqualTo(1);
        }
    }

    private static List<String> accounts(DataSource database) {
        return Sql.query(database, "SELECT id FROM account ORDER BY id DESC");
    }
}
