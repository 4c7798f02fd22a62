/** analytics-service: counts new accounts by the minute, fed by their events only. */
@NullMarked
package dev.aftercommit.demo.analytics;

import org.jspecify.annotations.NullMarked;
