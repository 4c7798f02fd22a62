package dev.aftercommit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.demo.local.LocalDemo;
import dev.aftercommit.demo.page.PageServer;
import dev.aftercommit.localservers.Ports;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page watches services that run with logins of their own, which may do what they have to and no more. */
class PageIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void thePageCountsWhatIsEmittedStoredAndHandled() throws Exception {
        int port = Ports.free();
        Settings settings = new Settings(Map.of(
                "DEMO_PORT", Integer.toString(port), "OUTBOX_RELAY_JAR", "../outbox-relay/target/outbox-relay.jar"));
        try (LocalDemo demo = LocalDemo.start(settings, Map.of())) {
            demo.startPrograms();
            try (PageServer page = PageServer.start(demo.page(settings), demo)) {
                assertThat(page).isNotNull();
                Map<String, String> account =
                        Map.of("username", "ada", "password", "correct horse battery", "email", "ada@example.org");
                URI accounts = demo.accountService().address().resolve("/accounts");
                assertThat(Http.send("POST", accounts, account, TIMEOUT).status())
                        .isEqualTo(201);
                HttpRequest frames = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/frames"))
                        .header("Accept", "text/event-stream")
                        .build();
                try (Stream<String> lines = HttpClient.newHttpClient()
                        .send(frames, HttpResponse.BodyHandlers.ofLines())
                        .body()) {
                    assertThat(lines.anyMatch(
                                    line -> line.contains("\"counts\":{\"emitted\":1,\"stored\":1,\"handled\":1}")))
                            .isTrue();
                }
            }
        }
    }
}
