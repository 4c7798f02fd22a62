package dev.aftercommit.demo;

import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.util.JavalinBindException;
import java.util.function.Consumer;

/** HTTP servers as the demo's programs use them. */
public final class HttpServers {
    private HttpServers() {}

    /**
     * Starts a server.
     *
     * @param setting the setting that chose the port, for the message when it is taken
     * @throws UsageException when the port is in use
     */
    public static Javalin start(String host, int port, String setting, Consumer<RoutesConfig> routes) {
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            config.concurrency.useVirtualThreads = true;
            routes.accept(config.routes);
        });
        try {
            return server.start(host, port);
        } catch (JavalinBindException e) {
            server.stop();
            throw portInUse(port, setting, e);
        }
    }

    /** What to say when a port is taken. */
    public static UsageException portInUse(int port, String setting, Throwable cause) {
        return new UsageException(
                "Port " + port + " is in use. Stop what listens there, or choose another port: " + setting + "="
                        + (port == 8080 ? 8090 : port + 10) + ".",
                cause);
    }
}
