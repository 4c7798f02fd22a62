package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.consumer.spi.HandlerCall;
import dev.aftercommit.consumer.spi.HandlerInterceptor;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What interceptors can do with the calls of handlers. */
@OutboxTest(schema = Effects.Table.class)
final class InterceptionIT {
    private final Scene scene;

    InterceptionIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    private final Queue<String> order = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void theySurroundEachCallInItsThreadAndTransaction() {
        scene.effects().execute("ALTER TABLE effect ADD tenant text DEFAULT current_setting('app.tenant', true)");
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(new Noting())
                        .interceptors(noting("outer"), noting("inner"), InterceptionIT::setTenant))) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            assertThat(consumer.status().handledEvents()).isOne();
        }
        assertThat(order)
                .containsExactly(
                        "outer before dev.aftercommit.consumer.RecordingHandlers.on(AccountCreated, EventEnvelope,"
                                + " Connection)",
                        "inner before dev.aftercommit.consumer.RecordingHandlers.on(AccountCreated, EventEnvelope,"
                                + " Connection)",
                        "handler",
                        "inner after null",
                        "outer after null");
        assertThat(scene.effects().query("SELECT tenant FROM effect")).containsExactly("blue");
    }

    @Test
    void whatOneThrowsBeforeTheCallFailsTheAttemptAndTheHandlerIsNotCalled() {
        HandlerInterceptor failing = call -> {
            throw new TerminalException("no tenant");
        };
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        Scene.started(scene.consumer(new Noting()).interceptors(noting("outer"), failing))) {
            relay.publish("a");
            await().until(() -> consumer.status().parked().dead() == 1);
        }
        assertThat(order).isNotEmpty().allSatisfy(each -> assertThat(each).startsWith("outer"));
        assertThat(order).last().asString().contains("after", "no tenant");
    }

    @Test
    void whatOneThrowsAfterTheCallRollsItsEffectBack() {
        HandlerInterceptor failing = call -> failure -> {
            throw new TerminalException("not so");
        };
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        Scene.started(scene.consumer(new Noting()).interceptors(noting("outer"), failing))) {
            relay.publish("a");
            await().until(() -> consumer.status().parked().dead() == 1);
        }
        assertThat(order).contains("handler").last().asString().contains("outer after", "not so");
        assertThat(scene.effects().count()).isZero();
    }

    private final class Noting extends RecordingHandlers {
        @Override
        void before(AccountCreated event) {
            order.add("handler");
        }
    }

    private HandlerInterceptor noting(String name) {
        return call -> {
            Thread thread = Thread.currentThread();
            assertThat(call.events())
                    .singleElement()
                    .satisfies(event -> assertThat(event.aggregateId()).isEqualTo("a"));
            order.add(name + " before " + call.handler());
            return (@Nullable Throwable failure) -> {
                assertThat(Thread.currentThread()).isSameAs(thread);
                order.add(name + " after " + failure);
            };
        };
    }

    private static HandlerInterceptor.After setTenant(HandlerCall call) throws SQLException {
        try (Statement statement = call.transaction().createStatement()) {
            statement.execute("SET LOCAL app.tenant = 'blue'");
        }
        return HandlerInterceptor.After.NOTHING;
    }
}
