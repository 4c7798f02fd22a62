package dev.aftercommit.crash.service;

import dev.aftercommit.consumer.TerminalException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.jdbc.PgConnection;

/** What a handler does beside its work. */
enum Misconduct {
    NONE,

    THROWS {
        @Override
        void after(Connection tx) {
            throw new IllegalStateException("refused");
        }
    },
    REFUSES_FOR_GOOD {
        @Override
        void after(Connection tx) {
            throw new TerminalException("refused for good");
        }
    },
    SQL_ERROR {
        @Override
        void after(Connection tx) throws SQLException {
            execute(tx, "SELECT 1 / 0");
        }
    },
    /** The transaction is of no use after it, and the handler says nothing of that. */
    SWALLOWED_ERROR {
        @Override
        void after(Connection tx) {
            try {
                execute(tx, "SELECT 1 / 0");
            } catch (SQLException swallowed) {
                // as some do
            }
        }
    },
    CONSTRAINT {
        @Override
        void after(Connection tx) throws SQLException {
            execute(tx, "INSERT INTO public.refused VALUES ('at once')");
        }
    },
    /** Nothing is wrong before the commit. */
    CONSTRAINT_AT_COMMIT {
        @Override
        void after(Connection tx) throws SQLException {
            execute(tx, "INSERT INTO public.refused VALUES ('at the commit')");
        }
    },
    COMMITS {
        @Override
        void after(Connection tx) throws SQLException {
            tx.commit();
        }
    },
    ROLLS_BACK_BEHIND_THE_GUARD {
        @Override
        void after(Connection tx) throws SQLException {
            raw(tx).rollback();
        }
    },
    /**
     * Before it writes, and only where nobody else has written in the transaction: what it has committed nobody can undo, so
     * that more would be doubled through no fault of the consumer.
     */
    COMMITS_BEHIND_THE_GUARD {
        @Override
        void before(Connection tx) throws SQLException {
            if (isTrue(tx, "SELECT EXISTS (SELECT FROM public.effect WHERE transaction = pg_current_xact_id())")) {
                throw new IllegalStateException("not the first in its transaction");
            }
            raw(tx).commit();
        }
    },

    /** The result is never read to its end. */
    LEAVES_A_STATEMENT_OPEN {
        @Override
        @SuppressWarnings("resource")
        void after(Connection tx) throws SQLException {
            Statement statement = tx.createStatement();
            statement.setFetchSize(1);
            statement.executeQuery("SELECT generate_series(1, 100)").next();
        }
    },
    SETS_THE_SESSION {
        @Override
        void after(Connection tx) throws SQLException {
            execute(
                    tx,
                    "SET search_path TO pg_catalog; SET TimeZone TO 'Asia/Kathmandu';"
                            + " SET default_transaction_isolation TO 'repeatable read'; SET application_name TO 'x'");
        }
    },
    TAKES_ITS_TIME {
        @Override
        void after(Connection tx) throws SQLException {
            execute(tx, "SELECT pg_sleep(random() * 0.2)");
        }
    };

    void before(Connection tx) throws Exception {}

    void after(Connection tx) throws Exception {}

    /** The driver's own. */
    private static Connection raw(Connection tx) throws SQLException {
        return tx.unwrap(PgConnection.class);
    }

    static boolean isTrue(Connection tx, String question) throws SQLException {
        try (Statement statement = tx.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static void execute(Connection tx, String sql) throws SQLException {
        try (Statement statement = tx.createStatement()) {
            statement.execute(sql);
        }
    }
}
