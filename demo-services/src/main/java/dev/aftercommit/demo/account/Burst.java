package dev.aftercommit.demo.account;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Many accounts at once, each in a transaction of its own. */
final class Burst {
    private static final int WRITERS = 4;
    private static final int NAMES = 60_000_000;

    private Burst() {}

    /**
     * Creates accounts from several threads; returns when all of them are committed.
     *
     * <p>They share one password hash: a thousand derivations would take minutes and say nothing about the outbox.
     */
    static void create(Accounts accounts, int count, String passwordHash) {
        String name = "b" + Integer.toString(ThreadLocalRandom.current().nextInt(NAMES), Character.MAX_RADIX);
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                running.add(writers.submit(() -> {
                    for (int n = next.incrementAndGet(); n <= count; n = next.incrementAndGet()) {
                        String username = name + "-" + n;
                        accounts.create(username, username + "@example.com", passwordHash);
                    }
                }));
            }
            for (Future<?> writer : running) {
                writer.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in the middle of a burst", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
