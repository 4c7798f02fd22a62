package dev.aftercommit.relay.simulation;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How somebody calls a simulated server. */
interface Calls {
    <T> T call(String what, Supplier<T> work);

    /** Who calls; null for a test. */
    @Nullable
    SimulatedProcess process();
}
