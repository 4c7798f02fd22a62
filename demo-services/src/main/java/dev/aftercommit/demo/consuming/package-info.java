/** What services have in common that are fed by events: how they start, and what they show of parked events. */
@NullMarked
package dev.aftercommit.demo.consuming;

import org.jspecify.annotations.NullMarked;
