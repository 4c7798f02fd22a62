/** What services have in common that are fed by events. */
@NullMarked
package dev.aftercommit.demo.consuming;

import org.jspecify.annotations.NullMarked;
