/** directory-service: keeps a copy of the accounts without passwords, fed by their events only. */
@NullMarked
package dev.aftercommit.demo.directory;

import org.jspecify.annotations.NullMarked;
