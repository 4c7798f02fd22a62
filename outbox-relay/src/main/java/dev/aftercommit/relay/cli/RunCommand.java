package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.admin.AdminServer;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.supervise.Relay;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the relay until it gets a SIGTERM. A second one on the same source stands by.")
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Mixin
    private final SettingOptions settings = SettingOptions.all();

    @Override
    public Integer call() throws InterruptedException {
        RelayConfig config = settings.relay();
        Relay relay = new Relay(config);
        try (AdminServer admin = new AdminServer(config.httpPort(), config.source(), relay::status)) {
            admin.start();
            GracefulExit.onSignal(relay::close);
            LOG.info("Relay of source {} starts; health and metrics on port {}", config.source(), admin.port());
            relay.run();
        }
        LOG.info("Relay of source {} stopped", config.source());
        return ExitCode.DONE;
    }
}
