package dev.aftercommit.crash.world;

import dev.aftercommit.crash.load.Writers;
import dev.aftercommit.crash.service.DirectoryService;
import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.Sql;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The service that handles the events, ready to be started.
 *
 * @param database as it is before anything was handled
 * @param classpath jars alone, since no archive is made of classes in folders
 * @param classes an archive of the classes that it loads
 */
public record ConsumerProgram(DatabaseTemplate database, String classpath, Path classes) {
    /** The event types that it handles, each behind its aggregate type. */
    public static final Set<String> HANDLED = Set.of(
            "account/AccountTouched",
            "account/moved to \"100%\"",
            "account/Überwiesen",
            "account/order.placed",
            "order_line/order.placed",
            "Cart-2/order.placed");

    private static final Duration FIRST_EFFECTS = Duration.ofSeconds(90);
    private static final int EVENTS = 200;

    /**
     * Runs it once and ends it, which is when Java writes the archive.
     *
     * @param jar this module's
     * @param folder where database and archive are put
     */
    public static ConsumerProgram warmedUp(Path jar, DatabaseTemplate outbox, RelayProgram relay, Path folder)
            throws Exception {
        ConsumerProgram program =
                new ConsumerProgram(DatabaseTemplate.inbox(folder), classpath(jar), folder.resolve("consumer.jsa"));
        try (World world = World.start(outbox, folder, new RoundLog(folder), false)) {
            Writers.writeSome(world::connect, EVENTS, 1);
            world.startRelays(1, relay);
            world.startConsumers(1, program, 1);
            Consumers consumers = world.consumers();
            if (!Waiting.until(
                    FIRST_EFFECTS,
                    () -> Sql.query(consumers.database(), "SELECT 1 FROM effect LIMIT 1")
                                    .size()
                            == 1)) {
                throw new IllegalStateException("the service handles nothing; its log is in " + folder);
            }
            consumers.instances().forEach(instance -> instance.process().stop(ClassArchive.WRITTEN));
        }
        return program;
    }

    private static String classpath(Path jar) {
        List<String> jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.endsWith(".jar"))
                .toList();
        return Stream.concat(Stream.of(jar.toString()), jars.stream().filter(entry -> !entry.equals(jar.toString())))
                .collect(Collectors.joining(File.pathSeparator));
    }

    JavaProcess start(String name, Map<String, String> settings, Path log) {
        return ClassArchive.process(classes)
                .classpath(classpath)
                .mainClass(DirectoryService.class.getName())
                .environment(settings)
                .log(log)
                .name(name)
                .start();
    }
}
