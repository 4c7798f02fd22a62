package dev.aftercommit.consumer;

import java.sql.Connection;

/** Something that a handler does to the transaction that it is called in, after it has written, and what has to come of it. */
record Conduct(Result result, Action action) {
    enum Result {
        /** The event's effect is there, once. */
        PASSES,
        /** An attempt that failed, without any effect. */
        FAILS,
        /** The handler has ended the transaction, so that the event is dead at once. */
        ENDS
    }

    interface Action {
        /** Does it, with the connection that handlers get. */
        void on(Connection tx) throws Exception;
    }

    static Conduct passes(Action action) {
        return new Conduct(Result.PASSES, action);
    }

    static Conduct fails(Action action) {
        return new Conduct(Result.FAILS, action);
    }

    static Conduct ends(Action action) {
        return new Conduct(Result.ENDS, action);
    }
}
