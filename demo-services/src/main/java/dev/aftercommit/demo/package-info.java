/** The demo: two services, a page that shows the events between them, and the program that starts it all. */
@NullMarked
package dev.aftercommit.demo;

import org.jspecify.annotations.NullMarked;
