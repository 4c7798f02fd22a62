package dev.aftercommit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.aftercommit.demo.local.LocalDemo;
import dev.aftercommit.demo.page.PageServer;
import dev.aftercommit.localservers.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page watches services that run with logins of their own, which may do what they have to and no more. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PageIT {
    private static final int CREATED = 201;
    private static final int CONFLICT = 409;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int PORT = Ports.free();

    private static LocalDemo demo;
    private static PageServer page;

    @BeforeAll
    static void start() {
        Settings settings = new Settings(Map.of(
                "DEMO_PORT", Integer.toString(PORT), "OUTBOX_RELAY_JAR", "../outbox-relay/target/outbox-relay.jar"));
        demo = LocalDemo.start(settings, Map.of());
        demo.startPrograms();
        page = PageServer.start(demo.page(settings), demo);
    }

    @AfterAll
    static void stop() {
        page.close();
        demo.close();
    }

    @Test
    void thePageCountsWhatIsEmittedStoredAndHandledAndAccountsByTheMinute() throws Exception {
        JsonNode before = frame(
                frame -> nothingWaits(frame) && frame.at("/analytics/accounts").isNumber());

        assertThat(press("accounts")).isEqualTo(CREATED);

        JsonNode after = frame(frame -> nothingWaits(frame)
                && count(frame, "emitted") == count(before, "emitted") + 1
                && frame.at("/analytics/accounts").asLong()
                        == before.at("/analytics/accounts").asLong() + 1);
        assertThat(minutes(after)).isEqualTo(after.at("/analytics/accounts").asLong());
    }

    @Test
    void onlyThePagesOwnButtonsChangeSomething() throws Exception {
        HttpRequest strangers = HttpRequest.newBuilder(page("/do/accounts"))
                .POST(BodyPublishers.noBody())
                .build();

        assertThat(CLIENT.send(strangers, BodyHandlers.ofString()).statusCode()).isEqualTo(CONFLICT);
    }

    private static int press(String button) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(page("/do/" + button))
                .header("X-Aftercommit-Demo", "button")
                .POST(BodyPublishers.noBody())
                .build();
        return CLIENT.send(request, BodyHandlers.ofString()).statusCode();
    }

    /** Waits for a frame. */
    private static JsonNode frame(Predicate<JsonNode> wanted) throws IOException, InterruptedException {
        HttpRequest frames = HttpRequest.newBuilder(page("/frames"))
                .header("Accept", "text/event-stream")
                .build();
        try (Stream<String> lines = CLIENT.send(frames, BodyHandlers.ofLines()).body()) {
            return lines.filter(line -> line.startsWith("data:"))
                    .map(line -> json(line.substring("data:".length())))
                    .filter(wanted)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean nothingWaits(JsonNode frame) {
        return frame.at("/counts/handled").isNumber()
                && count(frame, "emitted") == count(frame, "stored")
                && count(frame, "emitted") == count(frame, "handled");
    }

    private static long count(JsonNode frame, String name) {
        return frame.path("counts").path(name).asLong();
    }

    private static long minutes(JsonNode frame) {
        long accounts = 0;
        for (JsonNode minute : frame.at("/analytics/minutes")) {
            accounts += minute.path("accounts").asLong();
        }
        return accounts;
    }

    private static URI page(String path) {
        return URI.create("http://127.0.0.1:" + PORT + path);
    }

    private static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }
}
