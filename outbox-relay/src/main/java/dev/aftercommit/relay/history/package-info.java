/** Journal, diagnosis, healing, proof: what makes a changed past harmless. Knows ports only. */
@NullMarked
package dev.aftercommit.relay.history;

import org.jspecify.annotations.NullMarked;
