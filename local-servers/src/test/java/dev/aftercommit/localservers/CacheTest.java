package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheTest {
    @Test
    void itIsWhereTheShellLooks() {
        assertThat(Cache.folder(Map.of("AFTERCOMMIT_CACHE", "/a", "XDG_CACHE_HOME", "/b", "HOME", "/c")))
                .isEqualTo(Path.of("/a"));
        assertThat(Cache.folder(Map.of("XDG_CACHE_HOME", "/b", "HOME", "/c"))).isEqualTo(Path.of("/b/aftercommit"));
        assertThat(Cache.folder(Map.of("HOME", "/c"))).isEqualTo(Path.of("/c/.cache/aftercommit"));
        assertThat(Cache.folder(Map.of())).isEqualTo(Path.of(System.getProperty("user.home"), ".cache/aftercommit"));
    }
}
