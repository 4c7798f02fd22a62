package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Http;
import dev.aftercommit.demo.Http.Answer;
import dev.aftercommit.demo.Json;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Passes on what a button asks a service for, and its answer, or that there is none. */
final class Forward {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int BAD_GATEWAY = 502;

    private Forward() {}

    static Answer to(String service, String method, URI address, @Nullable Object body) {
        try {
            return Http.send(method, address, body, TIMEOUT);
        } catch (IOException e) {
            return new Answer(BAD_GATEWAY, Json.write(Map.of("error", service + " does not answer.")));
        }
    }
}
