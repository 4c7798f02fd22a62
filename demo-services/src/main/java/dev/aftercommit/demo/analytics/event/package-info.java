/** The accounts' events as analytics-service reads them. */
@NullMarked
package dev.aftercommit.demo.analytics.event;

import org.jspecify.annotations.NullMarked;
