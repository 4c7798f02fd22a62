/** Everything as processes on this machine. */
@NullMarked
package dev.aftercommit.demo.local;

import org.jspecify.annotations.NullMarked;
