package dev.aftercommit.demo.check;

import dev.aftercommit.demo.Percentiles;
import dev.aftercommit.demo.ServerUnavailableException;
import dev.aftercommit.demo.Settings;
import dev.aftercommit.demo.check.Facts.Handled;
import dev.aftercommit.demo.check.Story.Played;
import dev.aftercommit.demo.check.Story.Quiet;
import dev.aftercommit.demo.local.LocalDemo;
import dev.aftercommit.demo.page.PageConfig;
import dev.aftercommit.testkit.OutboxStream;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Plays the story on servers of its own, reads what is there afterwards, and prints one line a fact. */
public final class DemoCheck {
    private static final int RIGHT = 0;
    private static final int WRONG = 1;
    private static final double NANOS_PER_MILLI = 1e6;

    /** Hashing is not what is checked: a thousandth of the work. */
    private static final Map<String, String> ACCOUNT_SETTINGS = Map.of("ACCOUNTS_PASSWORD_ITERATIONS", "600");

    private final PrintStream out;
    private final Instant started = Instant.now();

    private DemoCheck(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the check.
     *
     * @return 0 when all is as promised, 1 when something is wrong
     * @throws ServerUnavailableException when a server or a program cannot be started or reached
     */
    public static int run(Settings settings, PrintStream out) {
        return new DemoCheck(out).run(settings);
    }

    private int run(Settings settings) {
        tell("starting PostgreSQL (twice) and nats-server");
        try (LocalDemo demo = LocalDemo.start(settings, ACCOUNT_SETTINGS);
                ServerDatabases databases = ServerDatabases.of(demo.servers());
                Connection nats = Nats.connect(demo.servers().natsUrl("operator"))) {
            OutboxStream stream = OutboxStream.of(nats, PageConfig.SOURCE);
            Evidence evidence = new Evidence(databases);
            demo.accountService().start();
            demo.accountService().awaitReady();
            People people = new People(demo.accountService().address(), evidence);
            Played played = new Story(demo, people, evidence, stream, this::tell).play();
            Facts facts = evidence.gather(people.accepted(), stream, new SecretSearch(people.secrets()), played.seen());
            return print(Verdict.of(facts), facts.handled(), played.quiet());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ServerUnavailableException unavailable) {
                throw unavailable;
            }
            return broken(String.valueOf(e.getCause()));
        } catch (IllegalStateException e) {
            return broken(String.valueOf(e.getMessage()));
        } catch (SQLException | IOException | UncheckedIOException e) {
            throw new ServerUnavailableException("A server stopped answering: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerUnavailableException("interrupted", e);
        }
    }

    private int broken(String cause) {
        out.println("The story could not be played to its end: " + cause);
        return WRONG;
    }

    private int print(Verdict verdict, Collection<Handled> handled, Quiet quiet) {
        out.println();
        for (Verdict.Line line : verdict.lines()) {
            out.printf(
                    Locale.ROOT,
                    "  %-5s %-30s %,8d  %s%n",
                    line.right() ? "ok" : "WRONG",
                    line.name(),
                    line.count(),
                    line.detail());
        }
        printLatency(
                "commit to handled, quiet",
                handled.stream()
                        .filter(one -> !one.committedAt().isBefore(quiet.from())
                                && !one.committedAt().isAfter(quiet.to()))
                        .toList());
        printLatency("commit to handled, all", handled);
        out.println();
        out.println(
                verdict.isRight()
                        ? "As promised: every event of a committed transaction was stored once and handled once, in order,"
                                + " and each mail went out once."
                        : "NOT as promised: see the lines that say WRONG.");
        return verdict.isRight() ? RIGHT : WRONG;
    }

    private void printLatency(String name, Collection<Handled> handled) {
        List<Double> millis = handled.stream()
                .map(one -> Duration.between(one.committedAt(), one.handledAt()).toNanos() / NANOS_PER_MILLI)
                .toList();
        if (!millis.isEmpty()) {
            Percentiles percentiles = Percentiles.of(millis);
            out.printf(
                    Locale.ROOT,
                    "        %-30s p50 %,.1f ms, p99 %,.1f ms over %,d events%n",
                    name,
                    percentiles.p50(),
                    percentiles.p99(),
                    millis.size());
        }
    }

    private void tell(String what) {
        double seconds = Duration.between(started, Instant.now()).toMillis() / 1e3;
        out.printf(Locale.ROOT, "%6.1f s  %s%n", seconds, what);
    }
}
