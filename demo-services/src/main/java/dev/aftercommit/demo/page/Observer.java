package dev.aftercommit.demo.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.aftercommit.demo.Http;
import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.page.Controls.Killable;
import dev.aftercommit.demo.page.Frame.Answers;
import dev.aftercommit.demo.page.Frame.Control;
import dev.aftercommit.demo.page.Frame.Counts;
import dev.aftercommit.demo.page.Frame.Parked;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks all programs a few times a second, and keeps the newest frame for whoever wants to show it. Thread-safe. */
final class Observer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Observer.class);
    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final String ROWS = "?limit=30";
    private static final int MAX_LOG_PAGES = 20;

    private final Programs programs;
    private final Controls controls;
    private final EventFeed feed = new EventFeed();
    private final Latencies latencies = new Latencies();
    private final StreamTail tail;
    private final ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread thread;
    private Counts counts = new Counts(null, null, null, null);
    private String cursor = "0";
    private String frame = "";
    private long version;
    private boolean closed;

    Observer(Programs programs, Controls controls) {
        this.programs = programs;
        this.controls = controls;
        this.tail = new StreamTail(programs.nats(), feed);
        this.thread = Thread.ofVirtual().name("observer").start(this::run);
    }

    /** A frame and its number. */
    record Numbered(long version, String json) {}

    /** Waits for a frame newer than this one; null when the page closes. */
    synchronized @Nullable Numbered newerThan(long seen) throws InterruptedException {
        while (version <= seen && !closed) {
            wait();
        }
        return closed ? null : new Numbered(version, frame);
    }

    private void run() {
        try {
            while (true) {
                Instant started = Instant.now();
                try {
                    show(Json.write(observe()));
                } catch (ExecutionException | RuntimeException e) {
                    LOG.warn("A look at the programs failed; the page keeps its last state and tries again", e);
                }
                Duration rest = INTERVAL.minus(Duration.between(started, Instant.now()));
                if (rest.isPositive()) {
                    Thread.sleep(rest);
                }
            }
        } catch (InterruptedException closing) {
            LOG.debug("The observer ends", closing);
        }
    }

    private synchronized void show(String json) {
        if (!json.equals(frame)) {
            frame = json;
            version++;
            notifyAll();
        }
    }

    private Frame observe() throws InterruptedException, ExecutionException {
        Future<String> relay = asking.submit(this::relayState);
        Future<@Nullable JsonNode> analytics =
                asking.submit(() -> ask(programs.consumers().analytics(), "/minutes"));
        Future<@Nullable JsonNode> notification =
                asking.submit(() -> ask(programs.consumers().notification(), "/mails"));
        Future<@Nullable JsonNode> mails = asking.submit(() -> ask(programs.mailGateway(), "/emails"));
        Future<List<Parked>> parked = asking.submit(this::parked);
        readHandled();
        // Against the flow of the events, so that no frame shows more of them handled than stored or emitted.
        JsonNode directory = ask(programs.consumers().directory(), "/entries" + ROWS);
        Long stored = tail.stored();
        JsonNode accounts = ask(programs.accounts(), "/accounts" + ROWS);
        counts = new Counts(
                newer(count(accounts, "emitted"), counts.emitted()),
                newer(stored, counts.stored()),
                newer(count(directory, "handled"), counts.handled()),
                newer(count(directory, "discarded"), counts.discarded()));
        return new Frame(
                new Answers(accounts, relay.get(), directory, analytics.get(), notification.get(), mails.get()),
                parked.get(),
                counts,
                feed.events(),
                latencies.at(Instant.now()),
                new Control(controls.available(), alive()));
    }

    private List<Parked> parked() {
        return programs.consuming().stream()
                .map(service -> new Parked(service.name(), ask(service.address(), "/parked")))
                .toList();
    }

    private List<String> alive() {
        return Stream.of(Killable.values())
                .filter(controls::isAlive)
                .map(Killable::id)
                .toList();
    }

    private void readHandled() {
        for (int page = 0; page < MAX_LOG_PAGES; page++) {
            JsonNode answer = ask(programs.consumers().directory(), "/handled?after=" + cursor);
            if (answer == null || answer.path("handled").isEmpty()) {
                return;
            }
            for (JsonNode handled : answer.path("handled")) {
                Instant at = Instant.parse(handled.path("handledAt").asText());
                double millis = EventFeed.millis(
                        Instant.parse(handled.path("committedAt").asText()), at);
                feed.handled(UUID.fromString(handled.path("eventId").asText()), millis);
                latencies.add(millis, at);
            }
            cursor = answer.path("next").asText();
        }
    }

    private String relayState() {
        if (controls.available() && !controls.isAlive(Killable.RELAY)) {
            return "down";
        }
        Http.Answer ready = Http.get(programs.relay().resolve("/readyz"), TIMEOUT);
        if (ready == null) {
            return controls.available() ? "starting" : "down";
        }
        if (!ready.isSuccess()) {
            return "starting";
        }
        return ready.body().toLowerCase(Locale.ROOT).contains("standby") ? "standby" : "active";
    }

    private static @Nullable JsonNode ask(URI program, String path) {
        Http.Answer answer = Http.get(program.resolve(path), TIMEOUT);
        if (answer == null || !answer.isSuccess()) {
            return null;
        }
        try {
            return Json.MAPPER.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(program + path + " does not answer with JSON", e);
        }
    }

    private static @Nullable Long count(@Nullable JsonNode answer, String name) {
        return answer == null ? null : answer.path(name).asLong();
    }

    private static @Nullable Long newer(@Nullable Long now, @Nullable Long before) {
        return now == null ? before : now;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
        tail.close();
        asking.close();
    }
}
