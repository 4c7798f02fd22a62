package dev.aftercommit.consumer;

import static dev.aftercommit.consumer.Conduct.ends;
import static dev.aftercommit.consumer.Conduct.fails;
import static dev.aftercommit.consumer.Conduct.passes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_NESTED;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_REQUIRED;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_REQUIRES_NEW;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import java.sql.Connection;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Handlers that write through Spring, in a transaction of Spring's. */
final class SpringTransactionsIT extends TransactionConducts {
    private static final String ERROR = "SELECT 1 / 0";

    private final DataSource dataSource = scene.effects().dataSource();
    private final JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
    private final JdbcTemplate template = new JdbcTemplate(dataSource);
    private final JdbcClient client = JdbcClient.create(template);
    private static final ThreadLocal<TransactionStatus> OUTERMOST = new ThreadLocal<>();

    /** Lets handlers have the status of the transaction that they are called in, as Spring's aspects do. */
    private final PlatformTransactionManager remembering = new PlatformTransactionManager() {
        @Override
        public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
            OUTERMOST.set(manager.getTransaction(definition));
            return OUTERMOST.get();
        }

        @Override
        public void commit(TransactionStatus status) {
            manager.commit(status);
        }

        @Override
        public void rollback(TransactionStatus status) {
            manager.rollback(status);
        }
    };

    SpringTransactionsIT(OutboxFixture fixture) {
        super(fixture);
    }

    @Override
    OutboxConsumerBuilder carried(OutboxConsumerBuilder consumer) {
        return consumer.transactions(new SpringTransactions(remembering, dataSource));
    }

    @Override
    void write(AccountCreated event, EventEnvelope envelope, Connection tx) {
        client.sql(Effects.INSERT)
                .params(envelope.eventId(), event.account(), event.number())
                .update();
    }

    @Override
    Map<String, Conduct> more() {
        return Map.ofEntries(
                Map.entry(
                        "asks both connections",
                        passes(tx -> assertThat(process()).isEqualTo(raw(tx).getBackendPID()))),
                Map.entry("swallows an error of Spring's", fails(tx -> swallow(() -> sql(ERROR)))),
                Map.entry(
                        "rolls a part back to a savepoint",
                        passes(tx -> swallow(() -> in(PROPAGATION_NESTED, status -> sql(ERROR))))),
                Map.entry(
                        "commits another transaction",
                        passes(tx ->
                                in(PROPAGATION_REQUIRES_NEW, status -> sql("INSERT INTO elsewhere VALUES ('mine')")))),
                Map.entry(
                        "swallows the failure of another transaction",
                        passes(tx -> swallow(() -> in(PROPAGATION_REQUIRES_NEW, status -> sql(ERROR))))),
                Map.entry(
                        "marks it rollback-only",
                        fails(tx -> in(PROPAGATION_REQUIRED, TransactionStatus::setRollbackOnly))),
                Map.entry(
                        "marks it rollback-only without a word",
                        fails(tx -> OUTERMOST.get().setRollbackOnly())),
                Map.entry(
                        "swallows the failure of a part",
                        fails(tx -> swallow(() -> in(PROPAGATION_REQUIRED, status -> {
                            throw new IllegalStateException();
                        })))),
                Map.entry(
                        "swallows an error before the commit",
                        fails(tx -> beforeCommit(() -> swallow(() -> sql(ERROR))))),
                Map.entry(
                        "fails before the commit",
                        fails(tx -> beforeCommit(() -> {
                            throw new IllegalStateException();
                        }))),
                Map.entry(
                        "fails after the commit",
                        passes(tx -> afterCommit(() -> {
                            throw new IllegalStateException();
                        }))),
                Map.entry(
                        "commits on the connection of Spring",
                        ends(tx -> DataSourceUtils.getConnection(dataSource).commit())),
                Map.entry(
                        "rolls back on the connection of Spring",
                        ends(tx -> DataSourceUtils.getConnection(dataSource).rollback())),
                Map.entry("rolls back by the manager", fails(tx -> manager.rollback(OUTERMOST.get()))),
                Map.entry("commits by the manager", ends(tx -> manager.commit(OUTERMOST.get()))));
    }

    private int process() {
        return client.sql("SELECT pg_backend_pid()").query(Integer.class).single();
    }

    private void sql(String sql) {
        template.execute(sql);
    }

    private void in(int propagation, Consumer<TransactionStatus> action) {
        TransactionTemplate part = new TransactionTemplate(manager);
        part.setPropagationBehavior(propagation);
        part.executeWithoutResult(action);
    }

    private static void beforeCommit(Runnable what) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void beforeCommit(boolean readOnly) {
                what.run();
            }
        });
    }

    private static void afterCommit(Runnable what) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                what.run();
            }
        });
    }
}
