/** The events that account-service emits. The names in the annotations are its contract with the other services. */
@NullMarked
package dev.aftercommit.demo.account.event;

import org.jspecify.annotations.NullMarked;
