/** The only room that talks to NATS: the connection, the stream as it is, and the feeds that read it. */
@NullMarked
package dev.aftercommit.consumer.internal.stream;

import org.jspecify.annotations.NullMarked;
