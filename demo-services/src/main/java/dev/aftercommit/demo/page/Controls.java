package dev.aftercommit.demo.page;

import org.jspecify.annotations.Nullable;

/** Kills and starts the programs that the page watches. */
public interface Controls {
    /** What can be killed and started. */
    enum Killable {
        RELAY("relay"),
        DIRECTORY_SERVICE("directory-service"),
        ANALYTICS_SERVICE("analytics-service"),
        NOTIFICATION_SERVICE("notification-service");

        private final String id;

        Killable(String id) {
            this.id = id;
        }

        /** The name in the page's addresses and in docker-compose.yml. */
        public String id() {
            return id;
        }

        /** The program of this name, or null. */
        public static @Nullable Killable of(String id) {
            for (Killable program : values()) {
                if (program.id.equals(id)) {
                    return program;
                }
            }
            return null;
        }
    }

    /** Whether the page can do it at all; if not, it shows what to type. */
    boolean available();

    /** Whether the process runs; meaningful only where the controls are available. */
    boolean isAlive(Killable program);

    /** SIGKILL; returns when the process is gone. */
    void kill(Killable program);

    /** Starts a process that was killed; does not wait until it is ready. */
    void start(Killable program);

    /** For programs that somebody else runs, such as Docker. */
    static Controls none() {
        return new Controls() {
            @Override
            public boolean available() {
                return false;
            }

            @Override
            public boolean isAlive(Killable program) {
                return true;
            }

            @Override
            public void kill(Killable program) {
                throw new UnsupportedOperationException("the page did not start the " + program.id());
            }

            @Override
            public void start(Killable program) {
                throw new UnsupportedOperationException("the page did not start the " + program.id());
            }
        };
    }
}
