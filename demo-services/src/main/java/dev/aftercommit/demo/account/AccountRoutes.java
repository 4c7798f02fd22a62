package dev.aftercommit.demo.account;

import dev.aftercommit.demo.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST interface of account-service. */
final class AccountRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(AccountRoutes.class);
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private final Accounts accounts;
    private final Passwords passwords;

    AccountRoutes(Accounts accounts, Passwords passwords) {
        this.accounts = accounts;
        this.passwords = passwords;
    }

    /** What {@code GET /accounts} answers. */
    record Overview(long total, long emitted, List<Account> accounts) {}

    void register(RoutesConfig routes) {
        routes.get("/livez", http -> http.result("ok\n"));
        routes.get("/accounts", this::list);
        routes.post("/accounts", this::create);
        routes.post("/accounts/burst", this::burst);
        routes.patch("/accounts/{id}", this::changeEmail);
        routes.post("/accounts/{id}/login", this::logIn);
        routes.delete("/accounts/{id}", this::delete);
        routes.exception(
                RefusedRequestException.class,
                (refused, http) -> error(http, refused.status(), String.valueOf(refused.getMessage())));
        routes.exception(DataAccessException.class, (e, http) -> {
            LOG.warn("The database failed; the caller gets 503, and nothing was changed", e);
            error(http, 503, "The accounts' database does not answer. Nothing was changed; try again.");
        });
    }

    private void list(Context http) {
        String limit = http.queryParam("limit");
        long wanted = limit == null ? DEFAULT_LIMIT : Requests.userId(limit);
        int bounded = Math.clamp(wanted, 0, MAX_LIMIT);
        json(http, 200, new Overview(accounts.count(), accounts.emitted(), accounts.newest(bounded)));
    }

    private void create(Context http) {
        long userId = accounts.create(Requests.read(http.body(), Requests.NewAccount.class));
        json(http, 201, Map.of("userId", userId));
    }

    private void burst(Context http) {
        Requests.Burst burst = Requests.read(http.body(), Requests.Burst.class);
        Burst.create(accounts, burst.count(), passwords.hash(burst.password()));
        json(http, 201, Map.of("created", burst.count()));
    }

    private void changeEmail(Context http) {
        long userId = Requests.userId(http.pathParam("id"));
        accounts.changeEmail(
                userId, Requests.read(http.body(), Requests.NewEmail.class).email());
        json(http, 200, Map.of("userId", userId));
    }

    private void logIn(Context http) {
        long userId = Requests.userId(http.pathParam("id"));
        accounts.logIn(userId, Requests.read(http.body(), Requests.Login.class).password());
        json(http, 200, Map.of("userId", userId));
    }

    private void delete(Context http) {
        accounts.delete(Requests.userId(http.pathParam("id")));
        http.status(204);
    }

    private static void error(Context http, int status, String message) {
        json(http, status, Map.of("error", message));
    }

    private static void json(Context http, int status, Object body) {
        http.status(status).contentType("application/json").result(Json.write(body));
    }
}
