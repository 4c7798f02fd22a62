package dev.aftercommit.consumer.spi;

import org.jspecify.annotations.Nullable;

/**
 * Takes part in every call of a handler, in its thread and transaction: for traces, diagnostic contexts, or settings of the
 * transaction such as a tenant's.
 *
 * <p>It belongs to the handler: what it throws fails the attempt, as if the handler had thrown it, so that no handler is called
 * without what was to come before it. It can neither leave a call out nor repeat one. A call that returns is not yet
 * committed; {@link ConsumerListener} is told of what is. Called by several threads at a time.
 */
@FunctionalInterface
public interface HandlerInterceptor {
    /**
     * Called when the payload was read, before the handler is called; interceptors in the order in which they were given.
     *
     * @return what is to be done after the call
     */
    After before(HandlerCall call) throws Exception;

    /** Called after the handler, in the reverse order, whether it returned or not. */
    @FunctionalInterface
    interface After {
        /** Nothing is to be done. */
        After NOTHING = failure -> {};

        /**
         * Ends what began before the call.
         *
         * @param failure what the handler, or an interceptor inside this one, threw; null when the call returned
         */
        void ended(@Nullable Throwable failure) throws Exception;
    }
}
