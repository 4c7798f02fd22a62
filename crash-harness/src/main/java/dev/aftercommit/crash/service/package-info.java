/**
 * The service whose consumers a round kills: its main program and its handlers, written over the SDK as users write theirs,
 * some of which misbehave. It runs in processes of its own; nothing of the harness calls it.
 */
@NullMarked
package dev.aftercommit.crash.service;

import org.jspecify.annotations.NullMarked;
