package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void noPortIsHandedOutTwice() {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            assertThat(ports.add(Ports.free())).isTrue();
        }
    }

    @Test
    void portsLieBelowThoseOfOutgoingConnections() {
        assertThat(Ports.free()).isBetween(10_000, 32_767);
    }
}
