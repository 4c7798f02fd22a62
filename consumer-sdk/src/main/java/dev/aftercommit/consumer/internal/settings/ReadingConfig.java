package dev.aftercommit.consumer.internal.settings;

import dev.aftercommit.consumer.StartAt;

/**
 * How a stream is read.
 *
 * @param startAt where a new consumer starts
 * @param passesOverGone whether it goes on where messages are gone that were not handled
 * @param mode whether in order or in parallel
 */
public record ReadingConfig(StartAt startAt, boolean passesOverGone, HandlingMode mode) {}
