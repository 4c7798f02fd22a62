/**
 * Real PostgreSQL and nats-server processes on this machine, and child JVMs, that can be killed and started again.
 *
 * <p>For tests, also those of users by {@code outbox-testkit}, the demo and the benchmarks; never on the class path of a
 * service. Each server has its own port and its
 * own data folder, so any number of them run side by side. Servers left running are killed when this JVM exits normally;
 * a JVM that is itself killed with SIGKILL leaves them behind.
 */
@NullMarked
package dev.aftercommit.localservers;

import org.jspecify.annotations.NullMarked;
