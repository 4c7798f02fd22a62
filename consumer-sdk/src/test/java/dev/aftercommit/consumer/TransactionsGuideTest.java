package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the guide shows is what is tested. */
final class TransactionsGuideTest {
    private static final Path GUIDE = Path.of("..", "docs", "how-to", "transactions.md");
    private static final Path SOURCES = Path.of("src", "test", "java", "dev", "aftercommit", "consumer");
    private static final Pattern SHOWN = Pattern.compile("// guide: \\w+\n(.*)\n// guide: end", Pattern.DOTALL);

    @Test
    void itShowsTheTransactionsThatAreTested() throws IOException {
        for (String source : List.of("SpringTransactions.java", "JtaTransactions.java")) {
            Matcher shown = SHOWN.matcher(Files.readString(SOURCES.resolve(source)));
            assertThat(shown.find()).as(source).isTrue();
            assertThat(Files.readString(GUIDE)).as(source).contains("```java\n" + shown.group(1) + "\n```");
        }
    }
}
