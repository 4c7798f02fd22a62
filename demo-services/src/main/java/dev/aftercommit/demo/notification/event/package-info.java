/** The accounts' events as notification-service reads them. */
@NullMarked
package dev.aftercommit.demo.notification.event;

import org.jspecify.annotations.NullMarked;
