package dev.aftercommit.demo.mail;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.aftercommit.demo.HttpErrors;
import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.mail.Sending.KeyOfAnother;
import dev.aftercommit.demo.mail.Sending.Sent;
import dev.aftercommit.demo.mail.Sending.Suppressed;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The mail gateway's HTTP interface, as providers have it: a mail is sent once for each {@code Idempotency-Key}. */
final class MailRoutes {
    private static final int DONE = 204;
    private static final int KEY_OF_ANOTHER = 409;
    private static final int SUPPRESSED = 422;

    private static final int SHOWN = 20;
    private static final int LONGEST_KEY = 256;
    private static final Pattern DOMAIN = Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)*");

    /** A provider is some milliseconds away. */
    private static final long LATENCY_MILLIS = 20;

    private final SentMails mails;

    MailRoutes(SentMails mails) {
        this.mails = mails;
    }

    void register(RoutesConfig routes) {
        routes.get("/livez", http -> http.result("ok\n"));
        HttpErrors.register(routes);
        routes.post("/emails", this::send);
        routes.get("/emails", http -> json(http, mails.overview(SHOWN)));
        routes.put("/suppressions/{domain}", http -> {
            mails.suppress(domain(http));
            http.status(DONE);
        });
        routes.delete("/suppressions/{domain}", http -> {
            mails.lift(domain(http));
            http.status(DONE);
        });
    }

    private void send(Context http) throws InterruptedException {
        Sending sending = mails.send(key(http.header("Idempotency-Key")), mail(http.body()));
        Thread.sleep(LATENCY_MILLIS);
        switch (sending) {
            case Sent(var id) -> json(http, Map.of("id", id));
            case KeyOfAnother() ->
                HttpErrors.answer(http, KEY_OF_ANOTHER, "Another mail was sent with this Idempotency-Key.");
            case Suppressed() -> HttpErrors.answer(http, SUPPRESSED, "The domain of this address gets no mail.");
        }
    }

    private static String key(@Nullable String key) {
        if (key == null || key.isBlank() || key.length() > LONGEST_KEY) {
            throw new IllegalArgumentException("The header Idempotency-Key is 1 to " + LONGEST_KEY + " characters.");
        }
        return key;
    }

    private static Mail mail(String body) {
        try {
            return Json.MAPPER.readValue(body, Mail.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The body is a JSON object with to, subject and text.", e);
        }
    }

    private static String domain(Context http) {
        String domain = http.pathParam("domain");
        if (!DOMAIN.matcher(domain).matches()) {
            throw new IllegalArgumentException("A domain is small letters, digits and hyphens, such as example.com.");
        }
        return domain;
    }

    private static void json(Context http, Object body) {
        http.contentType("application/json").result(Json.write(body));
    }
}
