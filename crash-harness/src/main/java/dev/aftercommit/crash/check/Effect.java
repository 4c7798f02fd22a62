package dev.aftercommit.crash.check;

import java.util.UUID;

/**
 * What a handler did for an event, as a row that it wrote. No constraint keeps a handler from writing it twice.
 *
 * @param number which of its aggregate's events the handler took it for
 * @param turn counts the effects on the aggregate: whoever takes one holds a lock on the aggregate's row until its commit,
 *     so that turns are in the order of commits and none that was committed is there twice
 */
public record Effect(UUID event, Row.Aggregate aggregate, long number, long turn) {}
