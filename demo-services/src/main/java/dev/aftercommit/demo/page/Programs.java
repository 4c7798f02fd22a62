package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Settings;
import java.net.URI;
import java.util.List;

/**
 * What the page watches.
 *
 * @param accounts account-service
 * @param relay the relay's HTTP port
 * @param consumers the services that are fed by events
 * @param mailGateway the mail gateway, which is not fed by events
 * @param nats the servers of NATS, comma separated
 */
public record Programs(URI accounts, URI relay, Consumers consumers, URI mailGateway, String nats) {
    /** directory-service, analytics-service and notification-service. */
    public record Consumers(URI directory, URI analytics, URI notification) {
        private List<Consuming> all() {
            return List.of(
                    new Consuming("directory-service", directory),
                    new Consuming("analytics-service", analytics),
                    new Consuming("notification-service", notification));
        }
    }

    /** A service that is fed by events, and may park some. */
    record Consuming(String name, URI address) {}

    /**
     * From {@code PAGE_ACCOUNTS_URL}, {@code _RELAY_URL}, {@code _DIRECTORY_URL}, {@code _ANALYTICS_URL},
     * {@code _NOTIFICATION_URL}, {@code _MAIL_URL}, {@code _NATS_URL}.
     */
    static Programs from(Settings settings) {
        return new Programs(
                settings.http("PAGE_ACCOUNTS_URL"),
                settings.http("PAGE_RELAY_URL"),
                new Consumers(
                        settings.http("PAGE_DIRECTORY_URL"),
                        settings.http("PAGE_ANALYTICS_URL"),
                        settings.http("PAGE_NOTIFICATION_URL")),
                settings.http("PAGE_MAIL_URL"),
                settings.required("PAGE_NATS_URL"));
    }

    /** The services whose parked events the page shows. */
    List<Consuming> consuming() {
        return consumers.all();
    }

    /**
     * The one of this name.
     *
     * @throws IllegalArgumentException when there is none
     */
    Consuming consuming(String name) {
        return consuming().stream()
                .filter(service -> service.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no service " + name + "."));
    }
}
