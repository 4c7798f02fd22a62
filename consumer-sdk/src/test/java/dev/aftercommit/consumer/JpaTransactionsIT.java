package dev.aftercommit.consumer;

import static dev.aftercommit.consumer.Conduct.fails;
import static dev.aftercommit.consumer.Conduct.passes;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.Table;
import java.sql.Connection;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;

/** Handlers that write entities, which reach the database when the manager commits, after the checkpoint has moved. */
final class JpaTransactionsIT extends TransactionConducts {
    private final DataSource dataSource = scene.effects().dataSource();
    private final EntityManagerFactory factory = new PersistenceConfiguration("effects")
            .managedClass(Effect.class)
            .managedClass(Account.class)
            .property("jakarta.persistence.nonJtaDataSource", dataSource)
            .createEntityManagerFactory();
    private final EntityManager entities = SharedEntityManagerCreator.createSharedEntityManager(factory);

    JpaTransactionsIT(OutboxFixture fixture) {
        super(fixture);
    }

    @Entity(name = "Effect")
    @Table(name = "effect")
    @SuppressWarnings({"UnusedVariable", "unused"}) // read by reflection
    static class Effect {
        @Id
        @Column(name = "event_id")
        private UUID eventId;

        private String account;
        private int number;

        protected Effect() {}

        Effect(UUID eventId, AccountCreated event) {
            this.eventId = eventId;
            this.account = event.account();
            this.number = event.number();
        }
    }

    /** Nobody else may have its name. */
    @Entity
    @Table(name = "account")
    @SuppressWarnings({"UnusedVariable", "unused"}) // read by reflection
    static class Account {
        @Id
        private String name;

        protected Account() {}

        Account(String name) {
            this.name = name;
        }
    }

    @AfterEach
    void closeFactory() {
        factory.close();
    }

    @Override
    OutboxConsumerBuilder carried(OutboxConsumerBuilder consumer) {
        scene.effects().execute("CREATE TABLE account (name text PRIMARY KEY); INSERT INTO account VALUES ('taken')");
        JpaTransactionManager manager = new JpaTransactionManager(factory);
        manager.setJpaDialect(new HibernateJpaDialect());
        manager.setDataSource(dataSource);
        return consumer.transactions(new SpringTransactions(manager, dataSource));
    }

    @Override
    void write(AccountCreated event, EventEnvelope envelope, Connection tx) {
        entities.persist(new Effect(envelope.eventId(), event));
    }

    @Override
    Map<String, Conduct> more() {
        return Map.of(
                "is refused at the commit", fails(tx -> entities.persist(new Account("taken"))),
                "swallows what the database refuses",
                        fails(tx -> swallow(() -> {
                            entities.persist(new Account("taken"));
                            entities.flush();
                        })),
                "reads what it has written",
                        passes(tx -> entities.createQuery("SELECT count(*) FROM Effect", Long.class)
                                .getResultList()));
    }
}
