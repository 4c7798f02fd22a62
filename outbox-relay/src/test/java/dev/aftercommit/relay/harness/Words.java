package dev.aftercommit.relay.harness;

import static org.assertj.core.api.Assertions.assertThat;

/** What every message to a person must be like. */
public final class Words {
    private Words() {}

    /** One failure, said once, in sentences, without the insides of the program. */
    public static RelayJar.Result requireClear(RelayJar.Result result) {
        requireClear(result.output());
        assertThat(result.output().lines().filter(line -> line.startsWith("outbox-relay: ")))
                .as(result.output())
                .hasSizeLessThanOrEqualTo(1);
        return result;
    }

    public static void requireClear(String output) {
        assertThat(output)
                .doesNotContain("\tat ")
                .doesNotContain("Exception")
                .doesNotContain("Caused by")
                .doesNotContainPattern("[^.]\\.\\.[^./]")
                .doesNotContain(". .")
                .doesNotContain(".;")
                .doesNotContain("  Detail:")
                .doesNotContain("null");
    }
}
