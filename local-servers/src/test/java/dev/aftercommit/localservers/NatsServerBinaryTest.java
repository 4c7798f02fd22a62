package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsServerBinaryTest {
    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<Path, String> versions = new HashMap<>();

    @BeforeEach
    void nothingInstalled() {
        environment.put("PATH", folder.resolve("path").toString());
        environment.put("AFTERCOMMIT_CACHE", folder.resolve("cache").toString());
    }

    @Test
    void theNamedProgramGoesBeforeTheOneOnThePath() throws IOException {
        Path named = program("elsewhere/my-nats", "2.11.0");
        program("path/nats-server", "2.15.1");
        environment.put("NATS_SERVER", named.toString());

        assertThat(find()).isEqualTo(named);
    }

    @Test
    void aNamedProgramThatIsNotThereIsAnErrorAndNotPassedOver() throws IOException {
        program("path/nats-server", "2.15.1");
        environment.put("NATS_SERVER", folder.resolve("nowhere").toString());

        assertThatThrownBy(this::find).hasMessageContaining("NATS_SERVER=" + folder.resolve("nowhere"));
    }

    @Test
    void thePathGoesBeforeTheCache() throws IOException {
        Path onPath = program("path/nats-server", "2.10.27");
        program("cache/nats/2.15.1/nats-server", "2.15.1");

        assertThat(find()).isEqualTo(onPath);
    }

    @Test
    void aProgramOnThePathThatIsTooOldIsPassedOver() throws IOException {
        program("path/nats-server", "2.9.10");
        Path cached = program("cache/nats/2.10.27/nats-server", "2.10.27");

        assertThat(find()).isEqualTo(cached);
    }

    @Test
    void theNewestOfTheCacheIsTakenByNumberAndNotByText() throws IOException {
        program("cache/nats/2.10.27/nats-server", "2.10.27");
        program("cache/nats/2.9.99/nats-server", "2.9.99");
        Path newest = program("cache/nats/2.15.1/nats-server", "2.15.1");

        assertThat(find()).isEqualTo(newest);
    }

    @Test
    void aWantedVersionIsTakenFromTheCacheThoughTheNewestIsOnThePath() throws IOException {
        program("path/nats-server", "2.15.1");
        Path wanted = program("cache/nats/2.10.27/nats-server", "2.10.27");
        environment.put("AFTERCOMMIT_NATS_VERSION", "2.10");

        assertThat(find()).isEqualTo(wanted);
    }

    @Test
    void aVersionLineMatchesWholeNumbers() {
        assertThat(new NatsVersion(2, 10, 27).isOf("2.10")).isTrue();
        assertThat(new NatsVersion(2, 10, 27).isOf("2.10.27")).isTrue();
        assertThat(new NatsVersion(2, 10, 27).isOf("2.1")).isFalse();
    }

    @Test
    void withoutAnyTheMessageNamesTheThreeWaysToGetOne() {
        assertThatThrownBy(this::find)
                .hasMessageContaining("on the path")
                .hasMessageContaining("NATS_SERVER")
                .hasMessageContaining("make nats-server");
    }

    private Path find() {
        return new NatsServerBinary(
                        environment,
                        program -> Optional.ofNullable(versions.get(program)).flatMap(NatsVersion::in))
                .find();
    }

    private Path program(String name, String version) throws IOException {
        Path program = folder.resolve(name);
        Files.createDirectories(program.getParent());
        Files.createFile(program);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        versions.put(program, "nats-server: v" + version);
        return program;
    }
}
