package dev.aftercommit.consumer;

import dev.aftercommit.consumer.spi.HandlerTransactions;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import javax.sql.DataSource;

// guide: jta
/**
 * A JTA transaction manager commits what handlers do and the checkpoint.
 *
 * @param dataSource gives the connection of the running transaction, as Agroal's and those of application servers do
 */
record JtaTransactions(TransactionManager manager, DataSource dataSource) implements HandlerTransactions {
    @Override
    public void run(Work work) throws Exception {
        manager.suspend(); // what a handler may have left on this thread
        manager.begin();
        try (Connection connection = dataSource.getConnection()) {
            work.in(connection);
        } catch (Exception failure) {
            manager.rollback();
            throw failure;
        }
        manager.commit();
    }
}
// guide: end
