package dev.aftercommit.demo.check;

import dev.aftercommit.demo.Http;
import dev.aftercommit.demo.local.Program;
import java.io.IOException;
import java.time.Duration;

/** Asks a program for what a person would press a button for. */
final class Ask {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private Ask() {}

    /**
     * Sends a request without a body.
     *
     * @throws IllegalStateException when the answer is not a success
     */
    static void of(Program program, String method, String path) throws IOException {
        Http.Answer answer = Http.send(method, program.address().resolve(path), null, TIMEOUT);
        if (!answer.isSuccess()) {
            throw new IllegalStateException(
                    program.name() + " answers " + answer.status() + " to " + method + " " + path);
        }
    }
}
