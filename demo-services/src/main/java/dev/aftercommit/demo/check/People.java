package dev.aftercommit.demo.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.aftercommit.demo.Http;
import dev.aftercommit.demo.Http.Answer;
import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.ServerUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Uses account-service as its users would, and remembers what it told them and every secret. Thread-safe. */
final class People {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Starts every password, so that one that leaks is recognised whatever came after. */
    private static final String MARKER = "SECRET-THAT-NEVER-LEAVES-";

    private final URI accountService;
    private final Evidence evidence;
    private final AtomicInteger people = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Queue<String> secrets = new ConcurrentLinkedQueue<>(List.of(MARKER));

    People(URI accountService, Evidence evidence) {
        this.accountService = accountService;
        this.evidence = evidence;
    }

    /** Somebody with an account. */
    record Somebody(long userId, String username, String password) {}

    int accepted() {
        return accepted.get();
    }

    int refused() {
        return refused.get();
    }

    /** Every password used, and every hash that was stored for one. */
    Collection<String> secrets() throws SQLException {
        secrets.addAll(evidence.hashes(null));
        return secrets;
    }

    Somebody create() {
        return create("person");
    }

    /** Somebody whose username begins with this. */
    Somebody create(String name) {
        return create(name, "example.com");
    }

    /** Somebody whose address is at this host. */
    Somebody createAt(String host) {
        return create("person", host);
    }

    private Somebody create(String name, String host) {
        int number = people.incrementAndGet();
        String username = name + "-" + number;
        String password = newPassword(number);
        Answer answer = expect(201, send("POST", "/accounts", account(username, password, host)));
        accepted.incrementAndGet();
        try {
            return new Somebody(
                    Json.MAPPER.readTree(answer.body()).path("userId").asLong(), username, password);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("account-service does not answer with JSON", e);
        }
    }

    void burst(int count) {
        String password = newPassword(people.incrementAndGet());
        expect(201, send("POST", "/accounts/burst", Map.of("count", count, "password", password)));
        accepted.addAndGet(count);
    }

    void changeEmail(Somebody who) {
        String email = who.username() + "@" + people.incrementAndGet() + ".example.org";
        expect(200, send("PATCH", "/accounts/" + who.userId(), Map.of("email", email)));
        accepted.incrementAndGet();
    }

    void logIn(Somebody who) {
        expect(200, send("POST", "/accounts/" + who.userId() + "/login", Map.of("password", who.password())));
        accepted.incrementAndGet();
    }

    void delete(Somebody who) {
        try {
            secrets.addAll(evidence.hashes(who.userId()));
        } catch (SQLException e) {
            throw new ServerUnavailableException("The accounts' database does not answer: " + e.getMessage(), e);
        }
        expect(204, send("DELETE", "/accounts/" + who.userId(), null));
        accepted.incrementAndGet();
    }

    /** Asks for what cannot be: nothing of it may leave an event. */
    void tryTheImpossible(Somebody who) {
        refuse(409, send("POST", "/accounts", account(who.username(), who.password(), "example.com")));
        refuse(401, send("POST", "/accounts/" + who.userId() + "/login", Map.of("password", "not-the-password")));
        refuse(400, send("PATCH", "/accounts/" + who.userId(), Map.of("email", "nowhere")));
        refuse(404, send("DELETE", "/accounts/" + Long.MAX_VALUE, null));
    }

    private static Map<String, String> account(String username, String password, String host) {
        return Map.of("username", username, "password", password, "email", username + "@" + host);
    }

    private String newPassword(int number) {
        String password = MARKER + number;
        secrets.add(password);
        return password;
    }

    private void refuse(int status, Answer answer) {
        expect(status, answer);
        refused.incrementAndGet();
    }

    private static Answer expect(int status, Answer answer) {
        if (answer.status() != status) {
            throw new IllegalStateException("account-service answers " + answer.status() + " where " + status
                    + " is expected: " + answer.body());
        }
        return answer;
    }

    private Answer send(String method, String path, @Nullable Object body) {
        try {
            return Http.send(method, accountService.resolve(path), body, TIMEOUT);
        } catch (IOException e) {
            throw new ServerUnavailableException("account-service does not answer: " + e.getMessage(), e);
        }
    }
}
