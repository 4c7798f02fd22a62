/** What the relay needs of a database, and the values that come from it. Ports: nothing here knows PostgreSQL. */
@NullMarked
package dev.aftercommit.relay.source;

import org.jspecify.annotations.NullMarked;
