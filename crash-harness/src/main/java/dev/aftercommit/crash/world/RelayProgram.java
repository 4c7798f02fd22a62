package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The packaged relay.
 *
 * @param classes an archive of the classes that it loads; a relay that is killed every second mostly starts, and this makes
 *     that half as long
 */
public record RelayProgram(Path jar, Path classes) {
    private static final Duration FIRST_START = Duration.ofSeconds(60);

    /**
     * Runs it once and ends it, which is when Java writes the archive.
     *
     * @param folder where the archive is put
     */
    public static RelayProgram warmedUp(Path jar, DatabaseTemplate template, Path folder)
            throws IOException, InterruptedException {
        RelayProgram program = new RelayProgram(jar, folder.resolve("relay.jsa"));
        try (World world = World.start(template, folder, new RoundLog(folder), false)) {
            world.startRelays(1, program);
            RelayProcess relay = world.relays().getFirst();
            if (!Waiting.until(FIRST_START, () -> relay.state().equals("streaming"))) {
                throw new IllegalStateException("the relay does not start: " + relay.state());
            }
            relay.process().stop(ClassArchive.WRITTEN);
        }
        return program;
    }

    JavaProcess start(String name, Map<String, String> settings, Path log, String... command) {
        return ClassArchive.process(classes)
                .jar(jar)
                .args(command)
                .environment(settings)
                .log(log)
                .name(name)
                .start();
    }
}
