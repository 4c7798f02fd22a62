package dev.aftercommit.consumer;

import static dev.aftercommit.consumer.Conduct.ends;
import static dev.aftercommit.consumer.Conduct.fails;

import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.arjuna.objectstore.VolatileStore;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.agroal.narayana.NarayanaTransactionIntegration;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** Handlers that write through a JTA data source, in a transaction of Narayana's, as in Quarkus. */
final class JtaTransactionsIT extends TransactionConducts {
    static {
        arjPropertyManager.getObjectStoreEnvironmentBean().setObjectStoreType(VolatileStore.class.getName());
    }

    private final TransactionManager manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
    private final AgroalDataSource dataSource = dataSource();
    private final RecordingHandlers recording = new RecordingHandlers();

    JtaTransactionsIT(OutboxFixture fixture) {
        super(fixture);
    }

    private AgroalDataSource dataSource() {
        try {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(pool -> pool.maxSize(40)
                            .acquisitionTimeout(Duration.ofSeconds(5))
                            .exceptionSorter(new PostgreSQLExceptionSorter())
                            .transactionIntegration(new NarayanaTransactionIntegration(
                                    manager,
                                    new com.arjuna.ats.internal.jta.transaction.arjunacore
                                            .TransactionSynchronizationRegistryImple()))
                            .connectionFactoryConfiguration(factory -> factory.jdbcUrl(
                                            scene.effects().dataSource().getJdbcUrl())
                                    .principal(new NamePrincipal("postgres"))
                                    .credential(new SimplePassword("postgres")))));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void closePool() {
        dataSource.close();
    }

    @Override
    OutboxConsumerBuilder carried(OutboxConsumerBuilder consumer) {
        return consumer.dataSource(dataSource).transactions(new JtaTransactions(manager, dataSource));
    }

    @Override
    void write(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
        try (Connection joined = dataSource.getConnection()) {
            recording.on(event, envelope, joined);
        }
    }

    @Override
    Map<String, Conduct> more() {
        return Map.of(
                "marks it rollback-only", fails(tx -> manager.setRollbackOnly()),
                "rolls back by the manager", fails(tx -> manager.rollback()),
                "commits by the manager", ends(tx -> manager.commit()),
                "commits and begins by the manager",
                        ends(tx -> {
                            manager.commit();
                            manager.begin();
                        }));
    }
}
