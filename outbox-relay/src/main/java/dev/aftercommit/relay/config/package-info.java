/** Settings from flags, environment and a properties file. */
@NullMarked
package dev.aftercommit.relay.config;

import org.jspecify.annotations.NullMarked;
