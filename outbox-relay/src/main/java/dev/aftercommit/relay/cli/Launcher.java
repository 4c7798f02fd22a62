package dev.aftercommit.relay.cli;

/**
 * What {@code java -jar} starts. Compiled for Java 8, so that an older Java gets to say that it is too old, instead of
 * a stack trace about class files.
 */
public final class Launcher {
    private static final int OLDEST = 21;

    private Launcher() {}

    public static void main(String[] args) throws Exception {
        String version = System.getProperty("java.specification.version");
        if (version.startsWith("1.") || Integer.parseInt(version) < OLDEST) {
            System.err.println("outbox-relay: Java " + OLDEST + " or newer is needed, but this is Java "
                    + System.getProperty("java.version") + " in " + System.getProperty("java.home")
                    + ". Start the jar with a newer one: /path/to/java -jar outbox-relay.jar");
            System.exit(2);
        }
        Class.forName("dev.aftercommit.relay.cli.OutboxRelay")
                .getMethod("main", String[].class)
                .invoke(null, (Object) args);
    }
}
