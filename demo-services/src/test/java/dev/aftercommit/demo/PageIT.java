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
    private static final int DONE = 204;
    private static final int CREATED = 201;
    private static final int CONFLICT = 409;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int PORT = Ports.free();

    private static LocalDemo demo;
    private static PageServer page;

    @BeforeAll
    static void start() {
        Settings settings = new Settings(Map.of(
                "DEMO_PORT", Integer.toString(PORT), "DEMO_RELAY_JAR", "../outbox-relay/target/outbox-relay.jar"));
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
        JsonNode before = frame(frame ->
                nothingWaits(frame) && frame.at("/programs/analytics/accounts").isNumber());

        assertThat(press("accounts")).isEqualTo(CREATED);

        JsonNode after = frame(frame -> nothingWaits(frame)
                && count(frame, "emitted") == count(before, "emitted") + 1
                && frame.at("/programs/analytics/accounts").asLong()
                        == before.at("/programs/analytics/accounts").asLong() + 1);
        assertThat(minutes(after))
                .isEqualTo(after.at("/programs/analytics/accounts").asLong());
    }

    @Test
    void anEventThatTheDirectoryRefusesIsParkedWhileOthersFlowAndRedrivenWhenTheCauseIsMended() throws Exception {
        assertThat(press("reserved-name/reserve")).isEqualTo(DONE);
        assertThat(press("accounts/reserved")).isEqualTo(CREATED);
        frame(frame -> state(frame).equals("retrying"));
        JsonNode dead = frame(frame -> state(frame).equals("dead"));
        assertThat(first(dead).path("error").asText())
                .contains("ReservedNameException")
                .doesNotContain("admin-");

        assertThat(press("accounts")).isEqualTo(CREATED);
        frame(frame -> count(frame, "handled") == count(dead, "handled") + 1
                && state(frame).equals("dead"));

        assertThat(press("reserved-name/free")).isEqualTo(DONE);
        assertThat(press(first(dead), "redrive")).isEqualTo(DONE);
        JsonNode mended = frame(frame -> nothingWaits(frame) && first(frame).isMissingNode());
        assertThat(mended.at("/programs/directory/entries").findValuesAsText("username"))
                .anyMatch(name -> name.startsWith("admin-"));
    }

    @Test
    void whatSomebodyDiscardsIsWaitedForNoLonger() throws Exception {
        assertThat(press("reserved-name/reserve")).isEqualTo(DONE);
        assertThat(press("accounts/reserved")).isEqualTo(CREATED);
        JsonNode dead = frame(frame -> state(frame).equals("dead"));

        assertThat(press(first(dead), "discard")).isEqualTo(DONE);

        frame(frame -> count(frame, "discarded") == count(dead, "discarded") + 1
                && nothingWaits(frame)
                && first(frame).isMissingNode());
        assertThat(press(first(dead), "discard")).as("once more").isEqualTo(CONFLICT);
        assertThat(press(first(dead), "redrive")).as("too late").isEqualTo(CONFLICT);
    }

    @Test
    void aMailThatTheGatewayRefusesIsDeadInNotificationServiceAloneAndRedrivenWhenTheCauseIsMended() throws Exception {
        assertThat(press("suppression/suppress")).isEqualTo(DONE);
        JsonNode before = frame(frame -> nothingWaits(frame) && nothingUnsent(frame));
        assertThat(press("accounts/unreachable")).isEqualTo(CREATED);
        JsonNode dead = frame(frame -> firstUnsent(frame).path("state").asText().equals("dead"));
        assertThat(firstUnsent(dead).path("error").asText())
                .contains("MailRefusedException")
                .doesNotContain("invalid");

        assertThat(press("accounts")).isEqualTo(CREATED);
        frame(frame -> mails(frame) == mails(before) + 1 && nothingWaits(frame));

        assertThat(press("suppression/lift")).isEqualTo(DONE);
        assertThat(press("notification-service", firstUnsent(dead), "redrive")).isEqualTo(DONE);
        JsonNode mended = frame(frame -> mails(frame) == mails(before) + 2 && nothingUnsent(frame));
        assertThat(mended.at("/programs/mails/emails").findValuesAsText("to"))
                .anyMatch(address -> address.endsWith("@example.invalid"));
    }

    @Test
    void onlyThePagesOwnButtonsChangeSomething() throws Exception {
        HttpRequest strangers = HttpRequest.newBuilder(page("/do/reserved-name/free"))
                .POST(BodyPublishers.noBody())
                .build();

        assertThat(CLIENT.send(strangers, BodyHandlers.ofString()).statusCode()).isEqualTo(CONFLICT);
    }

    private static int press(JsonNode parked, String action) throws IOException, InterruptedException {
        return press("directory-service", parked, action);
    }

    private static int press(String service, JsonNode parked, String action) throws IOException, InterruptedException {
        return press("parked/" + service + "/" + parked.path("eventId").asText() + "/" + action);
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
                && count(frame, "emitted") == count(frame, "handled") + count(frame, "discarded");
    }

    private static long count(JsonNode frame, String name) {
        return frame.path("counts").path(name).asLong();
    }

    private static long minutes(JsonNode frame) {
        long accounts = 0;
        for (JsonNode minute : frame.at("/programs/analytics/minutes")) {
            accounts += minute.path("accounts").asLong();
        }
        return accounts;
    }

    /** The first event that the directory holds back; missing when there is none. */
    private static JsonNode first(JsonNode frame) {
        return frame.at("/parked/0/answer/first/0");
    }

    /** The first event whose mail notification-service could not have sent; missing when there is none. */
    private static JsonNode firstUnsent(JsonNode frame) {
        return frame.at("/parked/2/answer/first/0");
    }

    /** Whether each account, and each address that was changed, has its mail. */
    private static boolean nothingUnsent(JsonNode frame) {
        return firstUnsent(frame).isMissingNode()
                && mails(frame) == frame.at("/programs/analytics/accounts").asLong();
    }

    private static long mails(JsonNode frame) {
        return frame.at("/programs/mails/total").asLong();
    }

    private static String state(JsonNode frame) {
        return first(frame).path("state").asText();
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
