/** account-service: owns the accounts, and emits an event for each change in the change's own transaction. */
@NullMarked
package dev.aftercommit.demo.account;

import org.jspecify.annotations.NullMarked;
