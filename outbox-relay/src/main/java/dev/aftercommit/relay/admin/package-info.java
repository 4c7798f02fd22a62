/** HTTP: health, metrics, status. */
@NullMarked
package dev.aftercommit.relay.admin;

import org.jspecify.annotations.NullMarked;
