/** The demo without a person: a scenario with kills, and the comparison of both databases and the stream. */
@NullMarked
package dev.aftercommit.demo.check;

import org.jspecify.annotations.NullMarked;
