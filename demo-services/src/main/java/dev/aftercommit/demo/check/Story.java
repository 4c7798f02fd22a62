package dev.aftercommit.demo.check;

import dev.aftercommit.demo.check.Facts.Parking;
import dev.aftercommit.demo.check.Facts.RefusedMail;
import dev.aftercommit.demo.check.Facts.Seen;
import dev.aftercommit.demo.check.People.Somebody;
import dev.aftercommit.demo.local.LocalDemo;
import dev.aftercommit.testkit.OutboxStream;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The story: people use account-service, quietly at first and then all at once, while the relay and the
 * services that are fed by events are killed with SIGKILL in the middle of it.
 */
final class Story {
    private static final int BEFORE_THE_RELAY = 20;
    private static final int QUIET_PEOPLE = 40;
    private static final int MAIL_BURST = 300;
    private static final int BURST = 1_000;
    private static final int WRITERS = 4;
    private static final int IN_THE_MIDDLE = 150;
    private static final Duration PACE = Duration.ofMillis(10);
    private static final Duration AFTERWARDS = Duration.ofSeconds(1);

    private final LocalDemo demo;
    private final People people;
    private final Evidence evidence;
    private final OutboxStream stream;
    private final Consumer<String> tell;

    Story(LocalDemo demo, People people, Evidence evidence, OutboxStream stream, Consumer<String> tell) {
        this.demo = demo;
        this.people = people;
        this.evidence = evidence;
        this.stream = stream;
        this.tell = tell;
    }

    /** When nothing was killed: what happened in between shows how fast it is. */
    record Quiet(Instant from, Instant to) {}

    /** When it was quiet, and what was seen on the way. */
    record Played(Quiet quiet, Seen seen) {}

    Played play() throws SQLException, IOException, InterruptedException, ExecutionException {
        for (int i = 0; i < BEFORE_THE_RELAY; i++) {
            people.changeEmail(people.create());
        }
        tell.accept(people.accepted() + " writes before the relay's first start");
        demo.startPrograms();
        Await.until("all to be handled that was there before", evidence::allHandled);

        Instant from = Instant.now();
        List<Somebody> known = new ArrayList<>();
        for (int i = 0; i < QUIET_PEOPLE; i++) {
            known.add(oneLife(i));
        }
        known.forEach(people::tryTheImpossible);
        Await.until("the quiet part to be handled", evidence::allHandled);
        Quiet quiet = new Quiet(from, Instant.now());
        tell.accept(people.accepted() + " writes so far, and " + people.refused() + " refused ones");

        killTheMailer();
        Parking parking = new PoisonScene(demo.directoryService(), people, evidence, tell).play();
        RefusedMail refusedMail = new RefusedMailScene(demo, people, evidence, tell).play();
        storm();
        boolean complete = Await.becomesTrue(evidence::allHandled);
        tell.accept(
                complete
                        ? "all is handled"
                        : evidence.handled() + " of " + evidence.emitted() + " handled after "
                                + Await.PATIENCE.toSeconds() + " s: waiting no longer");
        // Whatever would come twice gets its chance to come.
        pause(AFTERWARDS);
        return new Played(quiet, new Seen(parking, refusedMail));
    }

    /** Before the rest: what it had in hand comes again after half a minute, and until then the story goes on. */
    private void killTheMailer() throws SQLException, IOException, InterruptedException, ExecutionException {
        MailEvidence mails = evidence.mails();
        int before = mails.sent();
        try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> burst = crowd.submit(() -> people.burst(MAIL_BURST));
            Await.until("mails of a burst", () -> mails.sent() >= before + MAIL_BURST / 3);
            demo.notificationService().kill();
            tell.accept("notification-service killed with SIGKILL: " + (mails.sent() - before) + " mails of a burst of "
                    + MAIL_BURST + " sent");
            burst.get();
        }
        demo.notificationService().start();
        Await.until("the directory to handle the burst", evidence::directoryHasAll);
    }

    private void storm() throws SQLException, IOException, InterruptedException, ExecutionException {
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                long storedBefore = stream.size();
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    running.add(crowd.submit(() -> keepWriting(over)));
                }
                running.add(crowd.submit(() -> people.burst(BURST)));
                killTheRelay(storedBefore);
                killTheConsumers();
                over.set(true);
                for (Future<?> one : running) {
                    one.get();
                }
            } finally {
                over.set(true);
            }
        }
    }

    private void killTheRelay(long storedBefore) throws SQLException, IOException, InterruptedException {
        Await.until("the storm to begin", () -> stream.size() >= storedBefore + IN_THE_MIDDLE);
        demo.relay().kill();
        int emitted = evidence.emitted();
        long stored = stream.size();
        tell.accept("relay killed with SIGKILL: " + stored + " stored of " + emitted + " emitted, " + (emitted - stored)
                + " waiting");
        Await.until("more events while the relay is dead", () -> evidence.emitted() >= emitted + IN_THE_MIDDLE);
        demo.relay().start();
        demo.relay().awaitReady();
        tell.accept("relay started again, " + evidence.emitted() + " emitted meanwhile");
        Await.until("the relay to go on", () -> stream.size() >= stored + IN_THE_MIDDLE);
    }

    private void killTheConsumers() throws SQLException, IOException, InterruptedException {
        int before = evidence.handled();
        Await.until("the directory to handle more", () -> evidence.handled() >= before + IN_THE_MIDDLE);
        demo.directoryService().kill();
        demo.analyticsService().kill();
        int handled = evidence.handled();
        long stored = stream.size();
        tell.accept("directory-service and analytics-service killed with SIGKILL: " + handled + " handled of " + stored
                + " stored");
        Await.until("more events while they are dead", () -> stream.size() >= stored + IN_THE_MIDDLE);
        demo.directoryService().start();
        demo.analyticsService().start();
        demo.directoryService().awaitReady();
        demo.analyticsService().awaitReady();
        tell.accept("both started again, " + stream.size() + " stored meanwhile");
    }

    private void keepWriting(AtomicBoolean over) {
        for (int i = 0; !over.get(); i++) {
            oneLife(i);
        }
    }

    /** Each second one is gone at the end, so that deletions are among it. */
    private Somebody oneLife(int number) {
        Somebody somebody = people.create();
        pause(PACE);
        people.changeEmail(somebody);
        people.logIn(somebody);
        pause(PACE);
        people.changeEmail(somebody);
        if (number % 2 == 0) {
            people.delete(somebody);
            return people.create();
        }
        return somebody;
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the story was interrupted", e);
        }
    }
}
