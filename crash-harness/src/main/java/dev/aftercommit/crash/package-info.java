/**
 * The crash harness: rounds of seeded faults on real servers while services write, each judged by a checker that shares no
 * code with the relay. {@code make crash} runs it; {@code docs/explanation/crash-harness.md} explains it.
 */
@NullMarked
package dev.aftercommit.crash;

import org.jspecify.annotations.NullMarked;
