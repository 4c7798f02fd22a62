package dev.aftercommit.contract;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a function of an event's record that makes a payload of one version one of the next, so that a handler sees events of
 * all versions as the newest.
 *
 * <pre>{@code
 * @DomainEvent(aggregateType = "account", type = "AccountCreated", version = 3)
 * record AccountCreated(@AggregateId UUID userId, String username, Instant createdOn) {
 *     @Upcasts(from = 1)
 *     static ObjectNode renameNick(ObjectNode payload) {
 *         return payload.set("username", payload.remove("nick"));
 *     }
 *
 *     @Upcasts(from = 2)
 *     static ObjectNode addCreatedOn(ObjectNode payload, EventEnvelope envelope) {
 *         return payload.put("createdOn", envelope.time().toString());
 *     }
 * }
 * }</pre>
 *
 * <p>The method is static, and may be private. It takes the payload as an {@code ObjectNode} or {@code JsonNode}, which is its
 * own to change, and the {@link EventEnvelope} if it wants, and returns an {@code ObjectNode} or {@code JsonNode}. A payload of
 * version 1 goes through all of them. It is called whenever such an event is read, also for each attempt of one that is parked,
 * by many threads, so it depends on nothing but what it is given. When it throws, the event counts as one that cannot be read.
 *
 * <p>There is one for each version from the oldest that is still read up to the one before the class's own. Payloads that are
 * older yet, and payloads of newer versions than the class's, are not read.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Upcasts {
    /** The version of the payloads that it takes, from 1; it returns the next one's. */
    int from();
}
