package dev.aftercommit.crash.world;

/**
 * An instance of the service.
 *
 * @param links its own ways to its servers
 */
public record ConsumerInstance(KeptProcess process, Links links) implements AutoCloseable {
    @Override
    public void close() {
        process.close();
        links.close();
    }
}
