package dev.aftercommit.consumer;

import dev.aftercommit.contract.OutboxPosition;
import org.jspecify.annotations.Nullable;

/**
 * How far a consumer has come in one partition.
 *
 * @param sequence where the stream is read on: after this one
 * @param stream the stream that the sequence belongs to
 * @param position what was handled: everything up to it, whatever sequence it comes under; null before the first event
 */
record Checkpoint(long sequence, String stream, @Nullable OutboxPosition position) {}
