package dev.aftercommit.crash.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** How services write. */
enum TransactionKind {
    ORDINARY(60) {
        @Override
        void write(Writing writing) throws SQLException {
            insertSome(writing);
            writing.connection().commit();
        }
    },
    ROLLED_BACK(8) {
        @Override
        void write(Writing writing) throws SQLException {
            insertSome(writing);
            writing.connection().rollback();
        }
    },
    WITH_SAVEPOINTS(8) {
        @Override
        void write(Writing writing) throws SQLException {
            for (Aggregate aggregate : writing.events().aggregates(4)) {
                Savepoint savepoint = writing.connection().setSavepoint();
                insert(writing, aggregate);
                if (writing.random().nextBoolean()) {
                    writing.connection().rollback(savepoint);
                }
            }
            writing.connection().commit();
        }
    },
    TWO_PHASE(8) {
        @Override
        void write(Writing writing) throws SQLException, InterruptedException {
            insertSome(writing);
            execute(writing, "PREPARE TRANSACTION '" + writing.nextPreparedName() + "'");
            writing.connection().setAutoCommit(true);
            Thread.sleep(writing.random().nextInt(20));
            writing.endPrepared();
            writing.connection().setAutoCommit(false);
        }
    },
    COPIED(8) {
        @Override
        void write(Writing writing) throws SQLException {
            copy(
                    writing,
                    writing.events().aggregates(1).getFirst(),
                    1 + writing.random().nextInt(50));
            writing.connection().commit();
        }
    },
    /** Holds its locks, its snapshot and the WAL for a while; on an aggregate of its own, or everybody would wait. */
    LONG(1) {
        @Override
        void write(Writing writing) throws SQLException, InterruptedException {
            Aggregate aggregate = new Aggregate("account", "long-" + writing.name());
            for (int i = 0; i < 3; i++) {
                insert(writing, aggregate);
                Thread.sleep(writing.random().nextInt(500));
            }
            writing.connection().commit();
        }
    },
    LARGE(1) {
        @Override
        void write(Writing writing) throws SQLException {
            insertOne(writing, writing.events()::largest);
        }
    },
    /** Only where a fault asks for it. */
    MALFORMED(0) {
        @Override
        void write(Writing writing) throws SQLException {
            insertOne(writing, writing.events()::malformed);
        }
    },
    /** Only where a schedule asks for it. */
    HUGE(0) {
        @Override
        void write(Writing writing) throws SQLException {
            copy(writing, new Aggregate("account", "huge"), HUGE_EVENTS);
            writing.connection().commit();
        }
    };

    static final int HUGE_EVENTS = 100_000;
    private static final int MOST_EVENTS = 6;

    private final int weight;

    TransactionKind(int weight) {
        this.weight = weight;
    }

    static TransactionKind draw(Random random) {
        int all = 0;
        for (TransactionKind kind : values()) {
            all += kind.weight;
        }
        int drawn = random.nextInt(all);
        for (TransactionKind kind : values()) {
            drawn -= kind.weight;
            if (drawn < 0) {
                return kind;
            }
        }
        throw new IllegalStateException();
    }

    /** Runs one transaction from its begin to its end. */
    abstract void write(Writing writing) throws SQLException, InterruptedException;

    private static void insertSome(Writing writing) throws SQLException {
        for (Aggregate aggregate :
                writing.events().aggregates(1 + writing.random().nextInt(MOST_EVENTS))) {
            insert(writing, aggregate);
        }
    }

    private interface Shape {
        NewEvent of(Aggregate about, long number);
    }

    private static void insertOne(Writing writing, Shape shape) throws SQLException {
        Aggregate aggregate = writing.events().aggregates(1).getFirst();
        long number = writing.emitter().nextNumber(aggregate, 1);
        writing.emitter().insert(shape.of(aggregate, number));
        writing.connection().commit();
    }

    private static void insert(Writing writing, Aggregate aggregate) throws SQLException {
        long number = writing.emitter().nextNumber(aggregate, 1);
        writing.emitter().insert(writing.events().event(aggregate, number));
    }

    private static void copy(Writing writing, Aggregate aggregate, int count) throws SQLException {
        long first = writing.emitter().nextNumber(aggregate, count);
        List<NewEvent> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            events.add(writing.events().event(aggregate, first + i));
        }
        writing.emitter().copy(events);
    }

    private static void execute(Writing writing, String sql) throws SQLException {
        Connection connection = writing.connection();
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
