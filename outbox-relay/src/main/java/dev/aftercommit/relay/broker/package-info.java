/** The connection to NATS: servers, logins, TLS. */
@NullMarked
package dev.aftercommit.relay.broker;

import org.jspecify.annotations.NullMarked;
