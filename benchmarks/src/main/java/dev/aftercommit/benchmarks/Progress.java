package dev.aftercommit.benchmarks;

/** What goes on, to standard error; the results alone go to standard output. */
final class Progress {
    private Progress() {}

    static void say(String what) {
        System.err.println("... " + what);
    }
}
