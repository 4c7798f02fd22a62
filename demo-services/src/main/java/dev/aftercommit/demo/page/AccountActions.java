package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Http.Answer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What the page's buttons do to the accounts: requests to account-service, with made-up people. */
final class AccountActions {
    private static final int BURST = 1_000;
    private static final int MAX_SUFFIX = 100_000;

    /** The password of everybody that the page makes up. */
    private static final String PASSWORD = "a-password-that-stays-here";

    private static final List<String> NAMES = List.of(
            "ada",
            "alan",
            "barbara",
            "claude",
            "donald",
            "edsger",
            "frances",
            "grace",
            "hedy",
            "ivan",
            "jean",
            "john",
            "kathleen",
            "leslie",
            "margaret",
            "niklaus",
            "ole",
            "peter",
            "radia",
            "shafi",
            "tony",
            "ursula",
            "vint",
            "whitfield",
            "yukihiro");
    private static final List<String> HOSTS = List.of("example.com", "example.net", "example.org");

    private final URI accounts;

    AccountActions(URI accounts) {
        this.accounts = accounts;
    }

    Answer create() {
        return create(pick(NAMES), pick(HOSTS));
    }

    /** An account that account-service takes, and directory-service does not. */
    Answer createReserved() {
        return create(ParkedActions.RESERVED_NAME, pick(HOSTS));
    }

    /** An account whose address gets no mail. */
    Answer createUnreachable() {
        return create(pick(NAMES), "example." + MailActions.SUPPRESSED_DOMAIN);
    }

    private Answer create(String name, String host) {
        String username = name + "-" + suffix();
        String email = username + "@" + host;
        return send("POST", "/accounts", Map.of("username", username, "password", PASSWORD, "email", email));
    }

    Answer burst() {
        return send("POST", "/accounts/burst", Map.of("count", BURST, "password", PASSWORD));
    }

    Answer changeEmail(long userId) {
        String email = pick(NAMES) + "." + suffix() + "@" + pick(HOSTS);
        return send("PATCH", "/accounts/" + userId, Map.of("email", email));
    }

    Answer logIn(long userId) {
        return send("POST", "/accounts/" + userId + "/login", Map.of("password", PASSWORD));
    }

    Answer delete(long userId) {
        return send("DELETE", "/accounts/" + userId, null);
    }

    private Answer send(String method, String path, @Nullable Object body) {
        return Forward.to("account-service", method, accounts.resolve(path), body);
    }

    private static String pick(List<String> some) {
        return some.get(ThreadLocalRandom.current().nextInt(some.size()));
    }

    private static int suffix() {
        return ThreadLocalRandom.current().nextInt(MAX_SUFFIX);
    }
}
