package dev.aftercommit.benchmarks;

import dev.aftercommit.localservers.JavaProcess;
import java.util.List;
import java.util.Map;

/** {@link EngineWithPublishAsync} in its own process. */
record EngineRelay() implements Contender {
    static final List<String> JVM_ARGS = List.of("-Xmx512m", "-XX:+UseSerialGC");

    @Override
    public String name() {
        return "Debezium engine + publishAsync";
    }

    @Override
    public String slot() {
        return "engine";
    }

    @Override
    public String stream() {
        return "ENGINE";
    }

    @Override
    public String subjects() {
        return "engine.>";
    }

    @Override
    public JavaProcess start(Servers servers) {
        return JavaProcess.builder()
                .mainClass(EngineWithPublishAsync.class.getName())
                .jvmArgs(JVM_ARGS.toArray(String[]::new))
                .environment(Map.of(
                        "DATABASE_PORT", Integer.toString(servers.postgres().port()),
                        "DATABASE_NAME", Servers.SOURCE,
                        "DATABASE_USER", servers.postgres().user(),
                        "DATABASE_PASSWORD", servers.postgres().password(),
                        "SLOT", slot(),
                        "NATS_URL", servers.nats().url()))
                .name(name())
                .start();
    }
}
