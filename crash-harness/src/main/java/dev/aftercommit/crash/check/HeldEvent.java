package dev.aftercommit.crash.check;

import java.util.UUID;

/**
 * An event that consumers hold back: a row of {@code inbox.parked_event}.
 *
 * @param isDead whether it is not tried any more
 */
public record HeldEvent(UUID event, Row.Aggregate aggregate, boolean isDead) {}
