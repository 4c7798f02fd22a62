package dev.aftercommit.demo.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.aftercommit.demo.Http;
import dev.aftercommit.demo.Http.Answer;
import dev.aftercommit.demo.Json;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Has mails sent by the gateway, over HTTP. Thread-safe. */
final class MailSender {
    /** Less than the minute for which a handler's transaction may wait. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Malformed, a key that another mail had, and an address that gets no mail: asking again changes nothing. */
    private static final Set<Integer> FOR_GOOD = Set.of(400, 409, 422);

    private final URI emails;

    MailSender(URI gateway) {
        this.emails = gateway.resolve("/emails");
    }

    /**
     * Sends a mail, unless the gateway has sent one for this key before.
     *
     * @param key the same at every attempt to send this mail, and no other mail's
     * @return what the gateway calls the mail, the same at every attempt
     * @throws MailRefusedException when no other attempt will change anything
     * @throws MailUnsentException when it is to be tried again
     */
    UUID send(UUID key, Mail mail) {
        Answer answer = ask(Map.of("Idempotency-Key", key.toString()), mail);
        if (FOR_GOOD.contains(answer.status())) {
            throw new MailRefusedException(answer.status());
        }
        if (!answer.isSuccess()) {
            throw new MailUnsentException("answers HTTP " + answer.status(), null);
        }
        return id(answer.body());
    }

    private Answer ask(Map<String, String> headers, Mail mail) {
        try {
            return Http.send("POST", emails, headers, mail, TIMEOUT);
        } catch (IOException e) {
            throw new MailUnsentException("does not answer", e);
        }
    }

    private static UUID id(String body) {
        try {
            return UUID.fromString(Json.MAPPER.readTree(body).path("id").asText());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new MailUnsentException("does not say what it calls the mail", e);
        }
    }
}
