package dev.aftercommit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Path SNIPPETS =
            Path.of("src", "test", "java", "dev", "aftercommit", "demo", "ReadmeSnippets.java");
    private static final Pattern SNIPPET =
            Pattern.compile("// readme: (?!end)(\\w+)\n(.*?)[ ]*// readme: end", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\((?!http)([^)#]+)[^)]*\\)");

    @Test
    void everySnippetOfTheReadmeIsCompiled() throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        Matcher snippet = SNIPPET.matcher(Files.readString(SNIPPETS));
        int found = 0;
        while (snippet.find()) {
            found++;
            assertThat(readme)
                    .as("snippet %s", snippet.group(1))
                    .contains(snippet.group(2).stripTrailing().stripIndent());
        }
        assertThat(found).isEqualTo(4);
        assertThat(readme.split("```java", -1)).as("no others").hasSize(3);
    }

    @Test
    void theReadmeIsShortAndItsLinksLeadSomewhere() throws Exception {
        List<Path> pages;
        try (var files = Files.walk(ROOT.resolve("docs"))) {
            pages = files.filter(file -> file.toString().endsWith(".md")).toList();
        }
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(150);
        assertThat(pages).isNotEmpty();
        links(ROOT.resolve("README.md"));
        for (Path page : pages) {
            links(page);
        }
    }

    private static void links(Path page) throws Exception {
        Matcher link = LINK.matcher(Files.readString(page));
        while (link.find()) {
            assertThat(page.resolveSibling(link.group(1)).normalize())
                    .as("link of %s", page)
                    .exists();
        }
    }
}
