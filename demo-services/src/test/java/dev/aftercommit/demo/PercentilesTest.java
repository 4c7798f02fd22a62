package dev.aftercommit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    @Test
    void theyAreTimesThatOccurred() {
        List<Double> hundred =
                IntStream.rangeClosed(1, 100).asDoubleStream().boxed().toList().reversed();

        assertThat(Percentiles.of(hundred)).isEqualTo(new Percentiles(50, 99));
    }

    @Test
    void aSingleTimeIsBoth() {
        assertThat(Percentiles.of(List.of(7.0))).isEqualTo(new Percentiles(7, 7));
    }
}
