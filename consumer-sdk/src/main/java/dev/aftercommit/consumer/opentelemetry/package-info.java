/** Spans of a consumer's handlers for those who have OpenTelemetry; nothing else needs it. */
@NullMarked
package dev.aftercommit.consumer.opentelemetry;

import org.jspecify.annotations.NullMarked;
