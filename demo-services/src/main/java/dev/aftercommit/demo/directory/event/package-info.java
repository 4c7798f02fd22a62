/** The accounts' events as directory-service reads them: its own classes, since the wire is the only link. */
@NullMarked
package dev.aftercommit.demo.directory.event;

import org.jspecify.annotations.NullMarked;
