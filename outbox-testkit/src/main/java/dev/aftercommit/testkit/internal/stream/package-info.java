/** Reading and recording streams. */
@NullMarked
package dev.aftercommit.testkit.internal.stream;

import org.jspecify.annotations.NullMarked;
