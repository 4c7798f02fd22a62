/** mail-gateway: stands for a provider that sends mail. It is no part of the services, and knows nothing of events. */
@NullMarked
package dev.aftercommit.demo.mail;

import org.jspecify.annotations.NullMarked;
