package dev.aftercommit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** An event class and the payloads of the versions before it. */
@SuppressWarnings({"unused", "UnusedVariable", "UnusedMethod", "DoNotCallSuggester"}) // called by reflection
final class UpcastsTest {
    private final JsonEventCodec codec = new JsonEventCodec();

    @DomainEvent(aggregateType = "account", type = "AccountCreated", version = 4)
    record AccountCreated(@AggregateId String account, String username, Instant createdOn, int logins) {
        @Upcasts(from = 3)
        static JsonNode addLogins(JsonNode payload) {
            return ((ObjectNode) payload).put("logins", 0);
        }

        @Upcasts(from = 2)
        static ObjectNode addCreatedOn(ObjectNode payload, EventEnvelope envelope) {
            return payload.put("createdOn", envelope.time().toString());
        }

        @Upcasts(from = 1)
        private static ObjectNode renameNick(ObjectNode payload) {
            return payload.set("username", payload.remove("nick"));
        }
    }

    @DomainEvent(aggregateType = "account", type = "Deposited", version = 2)
    record Deposited(@AggregateId String account, BigDecimal amount, BigInteger total, double rate) {
        @Upcasts(from = 1)
        static ObjectNode renameSum(ObjectNode payload) {
            return payload.set("amount", payload.remove("sum"));
        }
    }

    @DomainEvent(aggregateType = "account", type = "Trimmed", version = 5)
    record Trimmed(@AggregateId String account) {
        @Upcasts(from = 4)
        static ObjectNode same(ObjectNode payload) {
            return payload;
        }
    }

    @DomainEvent(aggregateType = "account", type = "Failing", version = 5)
    record Failing(@AggregateId String account) {
        @Upcasts(from = 1)
        static ObjectNode needsAnObject(ObjectNode payload) {
            return payload;
        }

        @Upcasts(from = 2)
        static ObjectNode returnsNothing(ObjectNode payload) {
            return null;
        }

        @Upcasts(from = 3)
        static ObjectNode throwsUp(ObjectNode payload) {
            throw new IllegalStateException("secret of " + payload);
        }

        @Upcasts(from = 4)
        static ObjectNode runsOut(ObjectNode payload) {
            throw new StackOverflowError();
        }
    }

    @DomainEvent(aggregateType = "account", type = "Wrong", version = 6)
    record Wrong(@AggregateId String account) {
        @Upcasts(from = 1)
        ObjectNode ofAnInstance(ObjectNode payload) {
            return payload;
        }

        @Upcasts(from = 2)
        static ObjectNode ofText(String payload) {
            return null;
        }

        @Upcasts(from = 3)
        static Wrong toAnEvent(ObjectNode payload) {
            return new Wrong("");
        }

        @Upcasts(from = 4)
        static ObjectNode inATransaction(ObjectNode payload, AutoCloseable transaction) {
            return payload;
        }

        @Upcasts(from = 5)
        static ObjectNode one(ObjectNode payload) {
            return payload;
        }

        @Upcasts(from = 5)
        static ObjectNode another(ObjectNode payload) {
            return payload;
        }

        @Upcasts(from = 6)
        static ObjectNode fromItself(ObjectNode payload) {
            return payload;
        }

        @Upcasts(from = 0)
        static ObjectNode fromNowhere(ObjectNode payload) {
            return payload;
        }
    }

    @DomainEvent(aggregateType = "account", type = "Gap", version = 4)
    record Gap(@AggregateId String account) {
        @Upcasts(from = 1)
        static ObjectNode first(ObjectNode payload) {
            return payload;
        }

        @Upcasts(from = 3)
        static ObjectNode third(ObjectNode payload) {
            return payload;
        }
    }

    @DomainEvent(aggregateType = "account", type = "EndsEarly", version = 3)
    record EndsEarly(@AggregateId String account) {
        @Upcasts(from = 1)
        static ObjectNode first(ObjectNode payload) {
            return payload;
        }
    }

    @Test
    void aPayloadOfAnyVersionBecomesTheNewest() {
        AccountCreated expected = new AccountCreated("1", "ada", Instant.EPOCH, 0);
        assertThat(read(AccountCreated.class, 1, "{'account':'1','nick':'ada'}"))
                .isEqualTo(expected);
        assertThat(read(AccountCreated.class, 2, "{'account':'1','username':'ada'}"))
                .isEqualTo(expected);
        assertThat(read(AccountCreated.class, 3, "{'account':'1','username':'ada','createdOn':'1970-01-01T00:00:00Z'}"))
                .isEqualTo(expected);
        assertThat(read(
                        AccountCreated.class,
                        4,
                        "{'account':'1','username':'ada','createdOn':'1970-01-01T00:00:00Z','logins':0}"))
                .isEqualTo(expected);
    }

    @Test
    void numbersKeepAllTheirDigitsInATree() {
        assertThat(
                        read(
                                Deposited.class,
                                1,
                                "{'account':'1','sum':1234567890123456789.10,'total':123456789012345678901234567890,'rate':0.1}"))
                .isEqualTo(new Deposited(
                        "1",
                        new BigDecimal("1234567890123456789.10"),
                        new BigInteger("123456789012345678901234567890"),
                        0.1));
    }

    @Test
    void aVersionThatNoUpcasterLeadsFromIsNotRead() {
        EventDescriptor trimmed = EventDescriptor.of(Trimmed.class);
        assertThat(trimmed.oldestVersion()).isEqualTo(4);
        assertThat(read(Trimmed.class, 4, "{'account':'1'}")).isEqualTo(new Trimmed("1"));
        for (int unknown : new int[] {3, 0, -1, Integer.MIN_VALUE}) {
            assertUnreadable(Trimmed.class, unknown, "{'account':'1'}")
                    .hasMessageContaining("payload of version " + unknown)
                    .hasMessageContaining("add @Upcasts from every version before 4");
        }
        assertUnreadable(ContractTest.AccountCreated.class, 0, "{}").hasMessageContaining("before 1");
    }

    @Test
    void aNewerVersionThanTheClassIsNotRead() {
        for (int newer : new int[] {6, Integer.MAX_VALUE}) {
            assertUnreadable(Trimmed.class, newer, "{'account':'1'}")
                    .hasMessageContaining("payload of version " + newer)
                    .hasMessageContaining("deploy the class of that version");
        }
    }

    @Test
    void anUpcasterThatFailsIsNamedAndNothingOfThePayloadIsTold() {
        assertUnreadable(Failing.class, 1, "[1]")
                .hasMessageContainingAll("needsAnObject(ObjectNode)", "takes no ARRAY");
        assertUnreadable(Failing.class, 1, "").hasMessageContaining("takes no MISSING");
        assertUnreadable(Failing.class, 2, "{}").hasMessageContainingAll("returnsNothing(ObjectNode)", "returned null");
        assertUnreadable(Failing.class, 3, "{'a':'b'}")
                .hasMessageContaining("throwsUp(ObjectNode)")
                .hasMessageContaining("version 3")
                .hasMessageContaining("java.lang.IllegalStateException at ")
                .hasMessageContaining("UpcastsTest.java:")
                .hasMessageNotContaining("secret")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> read(Failing.class, 4, "{}")).isInstanceOf(StackOverflowError.class);
    }

    @Test
    void everythingThatIsWrongWithUpcastersIsToldAtOnce() {
        assertThatThrownBy(() -> EventDescriptor.of(Wrong.class))
                .hasMessageContaining("ofAnInstance(ObjectNode) is no upcaster: make it static")
                .hasMessageContaining("ofText(String) is no upcaster")
                .hasMessageContaining("toAnEvent(ObjectNode) is no upcaster")
                .hasMessageContaining("inATransaction(ObjectNode, AutoCloseable) is no upcaster")
                .hasMessageContaining("one(ObjectNode) and another(ObjectNode) are both @Upcasts(from = 5): keep one")
                .hasMessageContaining("fromItself(ObjectNode) is @Upcasts(from = 6), and the class is of version 6")
                .hasMessageContaining("fromNowhere(ObjectNode) is @Upcasts(from = 0)")
                .hasMessageNotContaining("none is");
    }

    @Test
    void aChainHasNoGapAndEndsAtTheVersionOfTheClass() {
        assertThatThrownBy(() -> EventDescriptor.of(Gap.class))
                .hasMessageContaining("lead from version 1 to 4, but none is @Upcasts(from = 2)");
        assertThatThrownBy(() -> EventDescriptor.of(EndsEarly.class))
                .hasMessageContaining("lead from version 1 to 3, but none is @Upcasts(from = 2)");
    }

    private Object read(Class<?> eventClass, int version, String payload) {
        EventDescriptor descriptor = EventDescriptor.of(eventClass);
        byte[] json = payload.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return codec.read(descriptor.upcast(codec.readTree(json), envelope(descriptor, version)), eventClass);
    }

    private AbstractThrowableAssert<?, ?> assertUnreadable(Class<?> eventClass, int version, String payload) {
        AftercommitException refusal =
                catchThrowableOfType(AftercommitException.class, () -> read(eventClass, version, payload));
        assertThat(refusal.code()).isEqualTo(ErrorCode.PAYLOAD_UNREADABLE);
        return assertThat(refusal);
    }

    private static EventEnvelope envelope(EventDescriptor event, int version) {
        return new EventEnvelope(
                UUID.randomUUID(),
                "accounts",
                event.aggregateType(),
                "1",
                event.eventType(),
                version,
                EventEnvelope.JSON,
                Instant.EPOCH,
                new OutboxPosition(1, 8, 0),
                0,
                Map.of());
    }
}
