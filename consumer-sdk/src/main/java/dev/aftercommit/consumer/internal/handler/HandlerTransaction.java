package dev.aftercommit.consumer.internal.handler;

import java.sql.Connection;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.DefaultConnectionProvider;
import org.jspecify.annotations.Nullable;

/** A running transaction as handlers may see it. Used by one thread; what it handed out refuses to work after its end. */
public final class HandlerTransaction {
    private final GuardedConnection guard;
    private @Nullable Configuration configuration;

    public HandlerTransaction(Connection connection) {
        this.guard = new GuardedConnection(connection);
    }

    Connection connection() {
        return guard.proxy();
    }

    Configuration configuration() {
        if (configuration == null) {
            // Named setters: the overloaded set(...) makes javac read jOOQ's Settings, whose annotations are not there.
            DefaultConfiguration fresh = new DefaultConfiguration();
            fresh.setConnectionProvider(new DefaultConnectionProvider(connection()));
            fresh.setSQLDialect(SQLDialect.POSTGRES);
            fresh.setTransactionProvider(new SavepointTransactions());
            configuration = fresh;
        }
        return configuration;
    }

    DSLContext dsl() {
        return DSL.using(configuration());
    }

    public void end() {
        guard.end();
    }
}
