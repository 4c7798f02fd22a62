package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Http.Answer;
import dev.aftercommit.demo.HttpServers;
import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.page.Controls.Killable;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Serves the page, feeds it by server-sent events, and does what its buttons say. */
public final class PageServer implements AutoCloseable {
    /** Browsers let a page of another site send it only after asking, and nobody here says yes. */
    private static final String BUTTON_HEADER = "X-Aftercommit-Demo";

    private static final String JAVASCRIPT = "text/javascript";

    private static final Map<String, String> FILES = Map.of(
            "/", "text/html",
            "/page.css", "text/css",
            "/dom.js", JAVASCRIPT,
            "/chart.js", JAVASCRIPT,
            "/minutes.js", JAVASCRIPT,
            "/mails.js", JAVASCRIPT,
            "/parked.js", JAVASCRIPT,
            "/page.js", JAVASCRIPT);

    private final Observer observer;
    private final Javalin http;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    private PageServer(PageConfig config, Controls controls) {
        this.observer = new Observer(config.programs(), controls);
        AccountActions actions = new AccountActions(config.programs().accounts());
        ParkedActions parked = new ParkedActions(config.programs());
        MailActions mails = new MailActions(config.programs().mailGateway());
        try {
            this.http = HttpServers.start(config.host(), config.port(), PageConfig.PORT_SETTING, routes -> {
                register(routes, actions, controls);
                register(routes, parked, mails);
            });
        } catch (RuntimeException e) {
            observer.close();
            throw e;
        }
    }

    /** Starts the page; what it watches may come later. */
    public static PageServer start(PageConfig config, Controls controls) {
        return new PageServer(config, controls);
    }

    private void register(RoutesConfig routes, AccountActions actions, Controls controls) {
        FILES.forEach((path, type) -> routes.get(
                path,
                context -> context.contentType(type + "; charset=utf-8")
                        .header("Cache-Control", "no-cache")
                        .result(file(path))));
        routes.get("/livez", context -> context.result("ok\n"));
        routes.sse("/frames", this::feed);
        routes.before("/do/*", PageServer::requireButton);
        routes.post("/do/accounts", context -> answer(context, actions.create()));
        routes.post("/do/accounts/reserved", context -> answer(context, actions.createReserved()));
        routes.post("/do/accounts/unreachable", context -> answer(context, actions.createUnreachable()));
        routes.post("/do/burst", context -> answer(context, actions.burst()));
        routes.post("/do/accounts/{id}/email", context -> answer(context, actions.changeEmail(id(context))));
        routes.post("/do/accounts/{id}/login", context -> answer(context, actions.logIn(id(context))));
        routes.post("/do/accounts/{id}/delete", context -> answer(context, actions.delete(id(context))));
        routes.post("/do/{program}/kill", context -> controls.kill(program(context)));
        routes.post("/do/{program}/start", context -> controls.start(program(context)));
        routes.exception(
                IllegalArgumentException.class, (e, context) -> error(context, 404, String.valueOf(e.getMessage())));
        routes.exception(
                UnsupportedOperationException.class,
                (e, context) -> error(context, 409, String.valueOf(e.getMessage())));
        routes.exception(
                IllegalStateException.class, (e, context) -> error(context, 409, String.valueOf(e.getMessage())));
    }

    private static void register(RoutesConfig routes, ParkedActions parked, MailActions mails) {
        routes.post("/do/suppression/lift", context -> answer(context, mails.lift()));
        routes.post("/do/suppression/suppress", context -> answer(context, mails.suppress()));
        routes.post("/do/reserved-name/free", context -> answer(context, parked.freeName()));
        routes.post("/do/reserved-name/reserve", context -> answer(context, parked.reserveName()));
        routes.post(
                "/do/parked/{service}/{event}/redrive",
                context -> answer(context, parked.redrive(context.pathParam("service"), event(context))));
        routes.post(
                "/do/parked/{service}/{event}/discard",
                context -> answer(context, parked.discard(context.pathParam("service"), event(context))));
    }

    /** Sends frames from the request's own thread: a slow browser gets fewer of them and holds up nobody. */
    private void feed(SseClient client) {
        try {
            long seen = 0;
            while (!client.terminated()) {
                Observer.Numbered frame = observer.newerThan(seen);
                if (frame == null) {
                    return;
                }
                client.sendEvent("frame", frame.json());
                seen = frame.version();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void requireButton(Context context) {
        if (context.header(BUTTON_HEADER) == null) {
            throw new UnsupportedOperationException("Only the page's own buttons may do that.");
        }
    }

    private static Killable program(Context context) {
        Killable program = Killable.of(context.pathParam("program"));
        if (program == null) {
            throw new IllegalArgumentException("There is no program " + context.pathParam("program") + ".");
        }
        return program;
    }

    private static long id(Context context) {
        return Long.parseLong(context.pathParam("id"));
    }

    private static UUID event(Context context) {
        return UUID.fromString(context.pathParam("event"));
    }

    private static void answer(Context context, Answer answer) {
        context.status(answer.status()).contentType("application/json").result(answer.body());
    }

    private static void error(Context context, int status, String message) {
        answer(context, new Answer(status, Json.write(Map.of("error", message))));
    }

    private byte[] file(String path) {
        return files.computeIfAbsent(path, PageServer::read);
    }

    private static byte[] read(String path) {
        String name = "/page" + (path.equals("/") ? "/index.html" : path);
        try (InputStream in = PageServer.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        observer.close();
        http.stop();
    }
}
