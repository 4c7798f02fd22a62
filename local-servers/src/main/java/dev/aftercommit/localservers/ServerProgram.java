package dev.aftercommit.localservers;

/** What one kind of server does in its own way; {@link ServerProcess} does the rest for all of them. */
interface ServerProgram {
    /** Makes what the first start needs, such as a configuration file. */
    void prepare();

    /** What to run, for each start anew. */
    ProcessBuilder command();

    /** Whether the server serves its clients now; asked again until it does. */
    boolean answers();

    /** Ends the running server in order; one that is still there afterwards is killed. */
    void stop(ChildProcess running);

    /** Whether a start that failed with these words came too soon and is worth another attempt. Default: never. */
    default boolean cameTooSoon(String said) {
        return false;
    }
}
