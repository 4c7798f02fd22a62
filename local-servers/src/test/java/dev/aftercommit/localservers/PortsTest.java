package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    @TempDir
    private Path folder;

    @Test
    void noPortIsHandedOutTwice() {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            assertThat(ports.add(Ports.free())).isTrue();
        }
    }

    /** The tests of a build run in several. */
    @Test
    void noOtherJvmIsGivenAPortThatThisOneHasAndThatNobodyListensOn() throws Exception {
        Set<Integer> ours = new HashSet<>();
        for (int i = 0; i < 6_000; i++) {
            ours.add(Ports.free());
        }
        Path log = folder.resolve("log");
        try (JavaProcess other =
                JavaProcess.builder().mainClass(Other.class.getName()).log(log).start()) {
            assertThat(other.waitFor(Duration.ofMinutes(1))).isTrue();
        }
        assertThat(Files.readAllLines(log))
                .hasSize(100)
                .allSatisfy(port -> assertThat(ours).doesNotContain(Integer.valueOf(port)));
    }

    static final class Other {
        private Other() {}

        public static void main(String[] args) {
            for (int i = 0; i < 100; i++) {
                System.out.println(Ports.free());
            }
        }
    }

    @Test
    void portsLieBelowThoseOfOutgoingConnections() {
        assertThat(Ports.free()).isBetween(10_000, 32_767);
    }
}
