package dev.aftercommit.demo;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of one program of the demo, from its environment. Immutable. */
public final class Settings {
    private static final int HIGHEST_PORT = 65_535;

    private final Map<String, String> environment;

    public Settings(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * A setting without a default.
     *
     * @throws UsageException when it is missing
     */
    public String required(String name) {
        String value = value(name);
        if (value == null) {
            throw new UsageException("The setting " + name + " is missing. Set it in the environment.");
        }
        return value;
    }

    /** A setting, or its default when it is missing or empty. */
    public String get(String name, String defaultValue) {
        String value = value(name);
        return value == null ? defaultValue : value;
    }

    /**
     * A whole number of at least 1.
     *
     * @throws UsageException when it is something else
     */
    public int number(String name, int defaultValue) {
        String value = get(name, Integer.toString(defaultValue));
        try {
            int number = Integer.parseInt(value);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(name + "=" + value + " is not a number.", e);
        }
        throw new UsageException(name + "=" + value + " is less than 1.");
    }

    /**
     * A TCP port.
     *
     * @throws UsageException when it is not one
     */
    public int port(String name, int defaultValue) {
        int port = number(name, defaultValue);
        if (port > HIGHEST_PORT) {
            throw new UsageException(name + "=" + port + " is not a port. Ports go from 1 to 65535.");
        }
        return port;
    }

    /**
     * An HTTP address.
     *
     * @throws UsageException when it is missing or not one
     */
    public URI http(String name) {
        String value = required(name);
        try {
            URI uri = URI.create(value);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw notHttp(name, value, e);
        }
        throw notHttp(name, value, null);
    }

    /** The interface to listen on: only this machine's own, unless {@code DEMO_HTTP_HOST} names another. */
    public String host() {
        return get("DEMO_HTTP_HOST", "127.0.0.1");
    }

    private @Nullable String value(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static UsageException notHttp(String name, String value, @Nullable Throwable cause) {
        return new UsageException(name + "=" + value + " is not an HTTP address such as http://localhost:8081.", cause);
    }
}
