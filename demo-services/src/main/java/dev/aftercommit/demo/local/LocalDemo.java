package dev.aftercommit.demo.local;

import dev.aftercommit.demo.Settings;
import dev.aftercommit.demo.page.Controls;
import dev.aftercommit.demo.page.PageConfig;
import dev.aftercommit.demo.page.Programs;
import dev.aftercommit.demo.page.Programs.Consumers;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The whole demo as processes on this machine: two PostgreSQL servers, nats-server, the relay and the services. They
 * listen on free ports, so that several demos run side by side. {@link #close} leaves nothing behind; it also runs when
 * the JVM is told to stop.
 */
public final class LocalDemo implements Controls, AutoCloseable {
    /** What to close, the last first; filled as it starts, so that an early end cleans up, too. */
    private final Deque<AutoCloseable> open = new ConcurrentLinkedDeque<>();

    private final WorkFolder folder = new WorkFolder();
    private final Servers servers;
    private final Program accountService;
    private final Program relay;
    private final Program directoryService;
    private final Program analyticsService;
    private final Program mailGateway;
    private final Program notificationService;

    private LocalDemo(Settings settings, Map<String, String> accountSettings) {
        open.push(folder);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop-demo"));
        Path relayJar = RelayJar.locate(settings);
        this.servers = Servers.start(folder.path());
        open.push(servers);
        Processes processes = new Processes(servers, folder.path());
        this.accountService = processes.accountService(accountSettings);
        this.relay = processes.relay(relayJar);
        this.directoryService = processes.consumingService(Servers.DIRECTORY, Map.of());
        this.analyticsService = processes.consumingService(Servers.ANALYTICS, Map.of());
        this.mailGateway = processes.mailGateway();
        this.notificationService = processes.consumingService(
                Servers.NOTIFICATION,
                Map.of("NOTIFICATION_MAIL_URL", mailGateway.address().toString()));
        List.of(accountService, relay, mailGateway, directoryService, analyticsService, notificationService)
                .forEach(open::push);
    }

    /**
     * Starts the servers; the programs are ready to be started.
     *
     * @param accountSettings more settings for account-service
     * @throws dev.aftercommit.demo.ServerUnavailableException when a server does not start
     */
    public static LocalDemo start(Settings settings, Map<String, String> accountSettings) {
        return new LocalDemo(settings, accountSettings);
    }

    public Servers servers() {
        return servers;
    }

    public Program accountService() {
        return accountService;
    }

    public Program relay() {
        return relay;
    }

    public Program directoryService() {
        return directoryService;
    }

    public Program analyticsService() {
        return analyticsService;
    }

    public Program notificationService() {
        return notificationService;
    }

    public Program mailGateway() {
        return mailGateway;
    }

    /** Starts all programs and waits until they are ready. account-service comes first: it makes the outbox. */
    public void startPrograms() {
        accountService.start();
        accountService.awaitReady();
        List<Program> others = List.of(relay, mailGateway, directoryService, analyticsService, notificationService);
        others.forEach(Program::start);
        others.forEach(Program::awaitReady);
    }

    /** The page that watches this demo. */
    public PageConfig page(Settings settings) {
        return new PageConfig(
                settings.host(),
                settings.port(PageConfig.PORT_SETTING, PageConfig.DEFAULT_PORT),
                new Programs(
                        accountService.address(),
                        relay.address(),
                        new Consumers(
                                directoryService.address(), analyticsService.address(), notificationService.address()),
                        mailGateway.address(),
                        servers.natsUrl("page")));
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public boolean isAlive(Controls.Killable program) {
        return process(program).isAlive();
    }

    @Override
    public void kill(Controls.Killable program) {
        process(program).kill();
    }

    @Override
    public void start(Controls.Killable program) {
        process(program).start();
    }

    private Program process(Controls.Killable program) {
        return switch (program) {
            case RELAY -> relay;
            case DIRECTORY_SERVICE -> directoryService;
            case ANALYTICS_SERVICE -> analyticsService;
            case NOTIFICATION_SERVICE -> notificationService;
        };
    }

    /** Stops the programs, then the servers, and deletes all that they wrote. Does nothing when it is closed already. */
    @Override
    public synchronized void close() {
        // Synchronized, so that the JVM, which waits for its shutdown hook only, waits for another thread's work here,
        // too.
        for (AutoCloseable next = open.poll(); next != null; next = open.poll()) {
            Quietly.close(next);
        }
    }
}
