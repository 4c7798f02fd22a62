package dev.aftercommit.testkit;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** Hands out the connection of a running transaction, as Spring's TransactionAwareDataSourceProxy does. */
final class OneConnection extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    private final transient Connection transaction;

    OneConnection(Connection transaction) {
        this.transaction = transaction;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return (Connection) Proxy.newProxyInstance(
                OneConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) ->
                        method.getName().equals("close") ? null : method.invoke(transaction, arguments));
    }
}
