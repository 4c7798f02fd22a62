/**
 * For tests of services that emit and handle events, on real servers.
 *
 * <ul>
 *   <li>{@link dev.aftercommit.testkit.OutboxTest} gives a test PostgreSQL and NATS, and a database and a source of its own;
 *   <li>{@link dev.aftercommit.testkit.TestOutbox} tells what a block of code emitted;
 *   <li>{@link dev.aftercommit.testkit.TestRelay} writes events into a stream as the relay would, and
 *       {@link dev.aftercommit.testkit.TestInbox} waits until a consumer has handled them;
 *   <li>{@link dev.aftercommit.testkit.HandlerFuzz} plays the orders, crashes and redeliveries that handlers have to bear;
 *   <li>{@link dev.aftercommit.testkit.StreamRecording} keeps an excerpt of a stream for a contract test.
 * </ul>
 *
 * <p>It knows the contract and nothing of producer, relay and consumer, so it tests what any of them does.
 */
@NullMarked
package dev.aftercommit.testkit;

import org.jspecify.annotations.NullMarked;
