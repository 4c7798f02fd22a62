package dev.aftercommit.demo;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.demo.account.AccountService;
import dev.aftercommit.demo.analytics.AnalyticsService;
import dev.aftercommit.demo.check.DemoCheck;
import dev.aftercommit.demo.directory.DirectoryService;
import dev.aftercommit.demo.local.LocalDemo;
import dev.aftercommit.demo.local.Servers;
import dev.aftercommit.demo.mail.MailGateway;
import dev.aftercommit.demo.notification.NotificationService;
import dev.aftercommit.demo.page.Controls;
import dev.aftercommit.demo.page.PageConfig;
import dev.aftercommit.demo.page.PageServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The demo's command line: everything, the check, or one of its programs. */
public final class DemoMain {
    private static final int DONE = 0;
    private static final int USAGE = 2;
    private static final int UNREACHABLE = 3;

    private static final String HELP = """
            demo.jar                     start everything and serve the page; Ctrl-C stops it and leaves nothing behind
            demo.jar --check             play the story without a person, kill what can be killed, verify and exit
            demo.jar account-service     one program alone; its settings come from the environment
            demo.jar directory-service
            demo.jar analytics-service
            demo.jar notification-service
            demo.jar mail-gateway
            demo.jar page

              DEMO_PORT          the page's port (8080)
              DEMO_HTTP_HOST     the interface to listen on (127.0.0.1)
              DEMO_RELAY_JAR     the relay, when it is not where the build puts it

            Exit codes: 0 done, 1 the check found something, 2 wrong usage, 3 a server could not be started or reached.
            """;

    private final Settings settings;
    private final PrintStream out;

    private DemoMain(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /** Runs, and exits with the codes of the help. */
    public static void main(String[] args) {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        int code;
        try {
            code = new DemoMain(new Settings(System.getenv()), System.out).run(List.of(args));
        } catch (UsageException e) {
            System.err.println(e.getMessage());
            code = USAGE;
        } catch (ServerUnavailableException | AftercommitException e) {
            System.err.println(e.getMessage());
            code = UNREACHABLE;
        }
        System.exit(code);
    }

    private int run(List<String> args) {
        if (args.size() > 1) {
            throw new UsageException("One argument at most, not " + String.join(" ", args) + ".\n\n" + HELP);
        }
        switch (args.isEmpty() ? "" : args.getFirst()) {
            case "" -> everything();
            case "--check" -> {
                return DemoCheck.run(settings, out);
            }
            case "account-service" -> untilStopped(AccountService.start(settings));
            case "directory-service" -> untilStopped(DirectoryService.start(settings));
            case "analytics-service" -> untilStopped(AnalyticsService.start(settings));
            case "notification-service" -> untilStopped(NotificationService.start(settings));
            case "mail-gateway" -> untilStopped(MailGateway.start(settings));
            case "page" -> untilStopped(PageServer.start(PageConfig.from(settings), Controls.none()));
            case "--help", "-h", "help" -> out.print(HELP);
            default -> throw new UsageException("There is no \"" + args.getFirst() + "\".\n\n" + HELP);
        }
        return DONE;
    }

    private void everything() {
        int port = settings.port(PageConfig.PORT_SETTING, PageConfig.DEFAULT_PORT);
        requireFree(port);
        out.println("Starting PostgreSQL (twice), nats-server, the relay and the services ...");
        try (LocalDemo demo = LocalDemo.start(settings, Map.of())) {
            demo.startPrograms();
            PageServer page = PageServer.start(demo.page(settings), demo);
            out.println("""

                    Aftercommit's demo runs:  http://localhost:%d

                      account-service       %s/accounts
                      directory-service     %s/entries
                      analytics-service     %s/minutes
                      notification-service  %s/mails
                      mail-gateway          %s/emails
                      relay                 %s/status
                      NATS                  %s
                      PostgreSQL            %s
                                            %s
                                            %s
                                            %s
                                            %s

                    Ctrl-C stops everything and leaves nothing behind.""".formatted(
                            port,
                            demo.accountService().address(),
                            demo.directoryService().address(),
                            demo.analyticsService().address(),
                            demo.notificationService().address(),
                            demo.mailGateway().address(),
                            demo.relay().address(),
                            demo.servers().nats().url(),
                            demo.servers().accounts().jdbcUrl(Servers.ACCOUNTS),
                            demo.servers().consumers().jdbcUrl(Servers.DIRECTORY),
                            demo.servers().consumers().jdbcUrl(Servers.ANALYTICS),
                            demo.servers().consumers().jdbcUrl(Servers.NOTIFICATION),
                            demo.servers().consumers().jdbcUrl(Servers.MAIL)));
            untilStopped(page);
        }
    }

    /** Before anything is started: nobody wants to wait for servers to learn that the port is taken. */
    private void requireFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(settings.host()))) {
            socket.setReuseAddress(true);
        } catch (IOException e) {
            throw HttpServers.portInUse(port, PageConfig.PORT_SETTING, e);
        }
    }

    private static void untilStopped(AutoCloseable program) {
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                program.close();
                            } catch (Exception e) {
                                System.err.println("Could not stop in order: " + e);
                            }
                            stopped.countDown();
                        },
                        "stop"));
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
