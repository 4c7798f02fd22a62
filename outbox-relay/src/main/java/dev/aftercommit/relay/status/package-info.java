/** What a relay and its outbox look like at one moment, for whoever asks: JSON, health, metrics, command line. */
@NullMarked
package dev.aftercommit.relay.status;

import org.jspecify.annotations.NullMarked;
