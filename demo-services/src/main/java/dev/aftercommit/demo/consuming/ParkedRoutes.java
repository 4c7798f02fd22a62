package dev.aftercommit.demo.consuming;

import dev.aftercommit.consumer.DeadLetterFilter;
import dev.aftercommit.consumer.DeadLetters;
import dev.aftercommit.demo.HttpErrors;
import dev.aftercommit.demo.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.UUID;
import java.util.function.Consumer;

/** Shows what a consumer holds back, and does what a person decides about its dead events. */
final class ParkedRoutes {
    private static final int DONE = 204;
    private static final int NOT_DEAD = 409;

    private final ParkedEvents parked;
    private final DeadLetters deadLetters;
    private final Consumer<UUID> discarded;

    ParkedRoutes(ParkedEvents parked, DeadLetters deadLetters, Consumer<UUID> discarded) {
        this.parked = parked;
        this.deadLetters = deadLetters;
        this.discarded = discarded;
    }

    void register(RoutesConfig routes) {
        routes.get("/parked", http -> http.contentType("application/json").result(Json.write(parked.overview())));
        routes.post("/parked/{event}/redrive", this::redrive);
        routes.delete("/parked/{event}", this::discard);
    }

    private void redrive(Context http) {
        answer(http, deadLetters.redrive(DeadLetterFilter.ofEvent(event(http))));
    }

    private void discard(Context http) {
        UUID event = event(http);
        int found = deadLetters.discard(DeadLetterFilter.ofEvent(event));
        if (found > 0) {
            discarded.accept(event);
        }
        answer(http, found);
    }

    private static UUID event(Context http) {
        return UUID.fromString(http.pathParam("event"));
    }

    private static void answer(Context http, int found) {
        if (found > 0) {
            http.status(DONE);
        } else {
            HttpErrors.answer(http, NOT_DEAD, "That event is not dead: it was decided already, or is still tried.");
        }
    }
}
