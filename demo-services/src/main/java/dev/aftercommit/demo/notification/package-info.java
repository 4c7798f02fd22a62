/** notification-service: writes to people when their accounts change, by a mail gateway outside its database. */
@NullMarked
package dev.aftercommit.demo.notification;

import org.jspecify.annotations.NullMarked;
