package dev.aftercommit.relay.config;

/**
 * The source's database.
 *
 * @param url {@code jdbc:postgresql://...}
 */
public record DatabaseConfig(String url, String user, String password) {
    /** The database as it may be printed. */
    public String printable() {
        return "PostgreSQL at " + url.replaceAll("\\?.*", "");
    }

    @Override
    public String toString() {
        return "DatabaseConfig[url=" + url.replaceAll("(?i)(password=)[^&]*", "$1***") + ", user=" + user + "]";
    }
}
