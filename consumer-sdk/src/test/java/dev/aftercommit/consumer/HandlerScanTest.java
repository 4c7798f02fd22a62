package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.consumer.internal.handler.EventReader;
import dev.aftercommit.consumer.internal.handler.EventType;
import dev.aftercommit.consumer.internal.handler.HandlerScan;
import dev.aftercommit.consumer.internal.handler.ReturnedEvents;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.EventDescriptor;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.contract.Upcasts;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by reflection
final class HandlerScanTest {
    record NoEvent(String id) {}

    @DomainEvent(aggregateType = "account", type = "AccountCreated")
    record SameTypeElsewhere(@AggregateId String id) {}

    @SuppressWarnings("unused")
    static class Wrong {
        @Handles(AccountCreated.class)
        void noEvent(Connection tx) {}

        @Handles(AccountCreated.class)
        void unknownParameter(AccountCreated event, Thread thread) {}

        @Handles(AccountCreated.class)
        void twoTransactions(AccountCreated event, Connection tx, DSLContext dsl) {}

        @Handles(AccountCreated.class)
        void twoEvents(AccountCreated event, AccountCreated again) {}

        @Handles(AccountCreated.class)
        void twoEnvelopes(AccountCreated event, EventEnvelope envelope, EventEnvelope again) {}

        @Handles(AccountCreated.class)
        int returnsSomething(AccountCreated event) {
            return 0;
        }

        @Handles(NoEvent.class)
        void notAnEvent(NoEvent event) {}

        @Handles(AccountCreated.class)
        void anyList(List<?> events) {}

        @Handles(AccountCreated.class)
        void severalWithOneEnvelope(List<AccountCreated> events, EventEnvelope envelope) {}
    }

    static class Right {
        @Handles(AccountCreated.class)
        private void created(Configuration tx, EventEnvelope envelope, AccountCreated event) {}

        @Handles(AccountClosed.class)
        static void closed(AccountClosed event) {}
    }

    static class Overriding extends RecordingHandlers {
        @Override
        @Handles(AccountCreated.class)
        void on(AccountCreated event, EventEnvelope envelope, Connection tx) {}
    }

    static class SameType {
        @Handles(SameTypeElsewhere.class)
        void same(SameTypeElsewhere event) {}
    }

    @Test
    void everyWrongSignatureIsToldAtOnceWithTheMethodAndWhatToDo() {
        AftercommitException refusal = refusal(new Wrong());

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_HANDLER);
        assertThat(refusal.getMessage().lines().skip(1))
                .hasSize(10)
                .allMatch(line -> line.startsWith("- " + Wrong.class.getName() + '.'))
                .anyMatch(line -> line.contains(
                        ".noEvent(Connection) does not take its event: add a parameter of type" + " AccountCreated"))
                .anyMatch(line -> line.contains(".unknownParameter(AccountCreated, Thread) takes a Thread"))
                .anyMatch(line -> line.contains(".twoTransactions(") && line.contains("takes the transaction twice"))
                .anyMatch(line -> line.contains(".twoEvents(") && line.contains("takes its event twice"))
                .anyMatch(line -> line.contains(".twoEnvelopes(") && line.contains("takes the envelope twice"))
                .anyMatch(line -> line.contains(".returnsSomething(") && line.contains("returns int: a handler"))
                .anyMatch(line -> line.contains(".anyList(List) takes a List")
                        && line.contains("List<EnvelopedEvent<AccountCreated>>"))
                .anyMatch(line -> line.contains(".severalWithOneEnvelope(") && line.contains("and one envelope"))
                .anyMatch(line -> line.contains(".notAnEvent(") && line.contains("@DomainEvent"));
    }

    @Test
    void privateAndStaticMethodsAndAnyOrderOfParametersAreFine() {
        assertThat(HandlerScan.of(List.of(new Right()), RetryPolicy.DEFAULT))
                .containsOnlyKeys(
                        new EventType("account", "AccountCreated"), new EventType("account", "AccountClosed"));
    }

    static class Several {
        @Handles(AccountCreated.class)
        void created(List<AccountCreated> events, DSLContext tx) {}

        @Handles(AccountClosed.class)
        void closed(Connection tx, List<EnvelopedEvent<AccountClosed>> events) {}
    }

    @Test
    void severalEventsAreTakenAsAListWithTheirEnvelopesOrWithout() {
        assertThat(HandlerScan.of(List.of(new Several()), RetryPolicy.DEFAULT)).hasSize(2);
    }

    @Test
    void twoHandlersForOneEventAreRefusedByClassAndByTypeName() {
        assertThat(refusal(new RecordingHandlers(), new Right()))
                .hasMessageContaining("Right.created(")
                .hasMessageContaining("RecordingHandlers.on(")
                .hasMessageContaining("account.AccountCreated");
        assertThat(refusal(new RecordingHandlers(), new SameType()))
                .hasMessageContaining("SameType.same(")
                .hasMessageContaining("RecordingHandlers.on(");
    }

    @Test
    void anOverriddenHandlerCountsOnce() {
        assertThat(HandlerScan.of(List.of(new Overriding()), RetryPolicy.DEFAULT))
                .hasSize(1);
        assertThat(HandlerScan.of(List.of(new RecordingHandlers() {}), RetryPolicy.DEFAULT))
                .hasSize(1);
    }

    @Test
    void whatIsNoHandlerObjectIsRefused() {
        assertThat(refusal("text")).hasMessageContaining("java.lang.String has no @Handles method");
        assertThat(refusal(Right.class)).hasMessageContaining("Right.class is a class: pass an object");
        assertThat(refusal()).hasMessageContaining("there is no handler object");
    }

    @Test
    void whatAHandlerReturnsIsToldBeforeItIsCalled() {
        class Returning {
            @Handles(AccountCreated.class)
            List<? extends NoEvent> noEvents(AccountCreated event) {
                return List.of();
            }

            @Handles(AccountCreated.class)
            Map<String, AccountClosed> notInAMap(AccountCreated event) {
                return Map.of();
            }

            @Handles(AccountCreated.class)
            Object anything(AccountCreated event) {
                return event;
            }

            @Handles(AccountCreated.class)
            Optional<Optional<AccountClosed>> nested(AccountCreated event) {
                return Optional.empty();
            }
        }
        assertThat(refusal(new Returning()).getMessage().lines().skip(1))
                .hasSize(4)
                .allMatch(line ->
                        line.contains(" returns ") && line.contains("a handler returns void, or what it emits"));
    }

    @Test
    void nothingIsReturnedWithoutAnEmitter() {
        class Returning {
            @Handles(AccountCreated.class)
            AccountClosed close(AccountCreated event) {
                return new AccountClosed(event.account(), event.number());
            }

            @Handles(AccountClosed.class)
            void closed(AccountClosed event) {}
        }
        var methods =
                HandlerScan.of(List.of(new Returning()), RetryPolicy.DEFAULT).values();
        assertThat(catchThrowableOfType(AftercommitException.class, () -> ReturnedEvents.of(methods, null)))
                .hasMessageContaining("emitter(Outbox::emitAll)")
                .hasMessageContaining("Returning.close(AccountCreated)")
                .hasMessageNotContaining("Returning.closed");
        ReturnedEvents.of(methods, (transaction, events) -> {});
    }

    @Test
    void anUpcasterBelongsToTheRecordOfItsEvent() {
        class Misplaced extends RecordingHandlers {
            @Upcasts(from = 1)
            static ObjectNode upcast(ObjectNode payload) {
                return payload;
            }
        }
        assertThat(refusal(new Misplaced()))
                .hasMessageContaining(
                        "Misplaced.upcast(ObjectNode) is an upcaster: move it to the record of the event");
    }

    @Test
    void aRecordWhoseUpcastersAreNoChainIsToldWithItsHandler() {
        @DomainEvent(aggregateType = "account", type = "AccountRenamed", version = 3)
        record Gap(@AggregateId String account) {
            @Upcasts(from = 1)
            static ObjectNode first(ObjectNode payload) {
                return payload;
            }
        }
        class Handler {
            @Handles(Gap.class)
            void on(Gap event) {}
        }
        assertThat(refusal(new Handler()))
                .hasMessageContaining("Handler.on(Gap)")
                .hasMessageContaining("none is @Upcasts(from = 2)");
    }

    @Test
    void aCodecWithoutTreesIsRefusedWhereAnEventHasUpcasters() {
        @DomainEvent(aggregateType = "account", type = "AccountRenamed", version = 2)
        record Renamed(@AggregateId String account) {
            @Upcasts(from = 1)
            static ObjectNode first(ObjectNode payload) {
                return payload;
            }
        }
        EventCodec noTrees = new EventCodec() {
            @Override
            public String write(Object event) {
                return "";
            }

            @Override
            public <T> T read(byte[] payload, Class<T> eventClass) {
                throw new IllegalStateException();
            }
        };
        List<EventDescriptor> upcasting = List.of(EventDescriptor.of(Renamed.class));
        AftercommitException refusal =
                catchThrowableOfType(AftercommitException.class, () -> EventReader.of(noTrees, upcasting));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_SETTING);
        assertThat(refusal)
                .hasMessageContainingAll(
                        noTrees.getClass().getName(), Renamed.class.getName(), "let it implement TreeEventCodec");
        EventReader.of(new JsonEventCodec(), upcasting);
        EventReader.of(noTrees, List.of(EventDescriptor.of(AccountCreated.class)));
    }

    @Test
    void everyMissingSettingIsToldAtOnce() {
        AftercommitException refusal = catchThrowableOfType(
                AftercommitException.class,
                () -> OutboxConsumer.builder().source("No Source").build());

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_SETTING);
        assertThat(refusal).hasMessageContainingAll("name is missing", "\"No Source\"", "dataSource is missing");
    }

    private static AftercommitException refusal(Object... handlers) {
        return catchThrowableOfType(
                AftercommitException.class, () -> HandlerScan.of(List.of(handlers), RetryPolicy.DEFAULT));
    }
}
