/** The page: both services and the events between them, live. */
@NullMarked
package dev.aftercommit.demo.page;

import org.jspecify.annotations.NullMarked;
