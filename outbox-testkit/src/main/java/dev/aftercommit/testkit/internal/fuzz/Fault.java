package dev.aftercommit.testkit.internal.fuzz;

/** What happens when the transaction of a batch is to be committed. All of them happen to real services. */
enum Fault {
    NONE(""),
    /** The effect is undone, and the same instance handles the events again. */
    CONNECTION_LOST("connection lost before the commit"),
    /** The effect is undone, and a new instance handles the events again. */
    CRASH("crash before the commit"),
    /** The effect is there, and the instance has to find that out. */
    ANSWER_LOST("connection lost after the commit");

    private final String words;

    Fault(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
