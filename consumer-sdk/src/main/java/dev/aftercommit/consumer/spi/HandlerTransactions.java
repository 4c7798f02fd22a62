package dev.aftercommit.consumer.spi;

import java.sql.Connection;

/**
 * Carries the transactions that handlers are called in, so that a transaction manager can: what a handler writes through that
 * manager and the consumer's checkpoint are then committed together, by the manager alone. With Spring:
 *
 * <pre>{@code
 * TransactionTemplate template = new TransactionTemplate(transactionManager);
 * HandlerTransactions transactions = work -> template.executeWithoutResult(status -> {
 *     Connection connection = DataSourceUtils.getConnection(dataSource);
 *     try {
 *         work.in(connection);
 *     } finally {
 *         DataSourceUtils.releaseConnection(connection, dataSource);
 *     }
 * });
 * }</pre>
 *
 * <p>Whether it keeps its contract is tried out when the consumer starts, and the database is asked after each transaction
 * whether it was committed. Called by several threads at a time, so it has to be thread-safe.
 */
@FunctionalInterface
public interface HandlerTransactions {

    /**
     * Begins a transaction on the calling thread, of its own whatever runs on that thread already, does the work in it once,
     * and commits it. When the work throws, it rolls back and throws on.
     *
     * @throws Exception when it was not committed; trouble of the database, which is waited for, is told from a handler's fault
     *     by the {@link java.sql.SQLException} among the causes or what was suppressed
     */
    void run(Work work) throws Exception;

    /** What the consumer does in a transaction: it locks the checkpoint, calls handlers, and moves it. */
    @FunctionalInterface
    interface Work {
        /**
         * Throws an unchecked exception when the transaction has to be rolled back, whatever a handler threw.
         *
         * @param connection the transaction's own, with autocommit off; it may be closed or given back afterwards
         */
        void in(Connection connection);
    }
}
