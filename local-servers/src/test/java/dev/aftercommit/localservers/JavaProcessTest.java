package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void terminateLetsTheChildFinishItsWork() throws IOException {
        try (JavaProcess child = start("waits")) {
            assertThat(child.terminate(PATIENCE)).isEqualTo(143);

            assertThat(Files.readString(child.log())).contains("in order");
        }
    }

    @Test
    void killGivesTheChildNoTimeToFinish() throws IOException {
        try (JavaProcess child = start("waits")) {
            child.kill();

            assertThat(child.isAlive()).isFalse();
            assertThat(child.exitCode()).isEqualTo(137);
            assertThat(Files.readString(child.log())).doesNotContain("in order");
        }
    }

    @Test
    void aChildThatIgnoresTerminationIsKilledAndReported() {
        try (JavaProcess child = start("lingers")) {
            assertThatThrownBy(() -> child.terminate(Duration.ofSeconds(1)))
                    .hasMessageContaining(ChildMain.class.getName())
                    .hasMessageContaining("ready");

            assertThat(child.isAlive()).isFalse();
        }
    }

    @Test
    void aChildThatEndsKeepsItsExitCodeAndItsLog() throws IOException {
        Path log = folder.resolve("child.log");
        try (JavaProcess child = child("ends").log(log).start()) {
            assertThat(child.waitFor(PATIENCE)).isTrue();
            assertThat(child.exitCode()).isEqualTo(3);
        }
        assertThat(Files.readString(log)).contains("ready");
    }

    @Test
    void argumentsEnvironmentAndJvmArgumentsReachTheChild() throws IOException {
        try (JavaProcess child = child("ends")
                .environment(Map.of("COLOUR", "blue"))
                .jvmArgs("-Dsize=large")
                .start()) {
            assertThat(child.waitFor(PATIENCE)).isTrue();

            assertThat(Files.readString(child.log())).contains("ready ends blue large");
        }
    }

    /** What a parent that ends leaves behind: nothing. */
    @Test
    void childrenDieWithTheirParent() throws IOException {
        try (JavaProcess parent = child("starts-a-child").start()) {
            await().atMost(PATIENCE).until(() -> Files.readString(parent.log()).contains("grandchild="));
            String said = Files.readString(parent.log());
            long grandchild = Long.parseLong(
                    said.replaceAll("(?s).*grandchild=(\\d+);.*", "$1").strip());
            assertThat(ProcessHandle.of(grandchild)).isPresent();

            parent.terminate(PATIENCE);

            await().atMost(PATIENCE)
                    .until(() -> ProcessHandle.of(grandchild)
                            .flatMap(process -> process.info().command())
                            .isEmpty());
        }
    }

    private static JavaProcess start(String behaviour) {
        JavaProcess child = child(behaviour).start();
        await().atMost(PATIENCE).until(() -> Files.readString(child.log()).contains("ready"));
        return child;
    }

    private static JavaProcess.Builder child(String behaviour) {
        return JavaProcess.builder().mainClass(ChildMain.class.getName()).args(behaviour);
    }
}
