package dev.aftercommit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Path SNIPPETS =
            Path.of("src", "test", "java", "dev", "aftercommit", "demo", "ReadmeSnippets.java");
    private static final Pattern SNIPPET =
            Pattern.compile("// readme: (?!end)(\\w+)\n(.*?)[ ]*// readme: end", Pattern.DOTALL);
    private static final Pattern HEADING = Pattern.compile("\\Apackage [^\n]+\n(import [^\n]+\n|\n)*");
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
    void theTestsThatTheHowToShowsAreThoseThatRun() throws Exception {
        String page = Files.readString(ROOT.resolve("docs/how-to/test-handlers.md"));
        try (var sources = Files.list(Path.of("src", "test", "java", "dev", "aftercommit", "demo", "howto"))) {
            for (Path source : sources.toList()) {
                assertThat(page)
                        .as(source.toString())
                        .contains(HEADING.matcher(Files.readString(source)).replaceFirst(""));
            }
        }
    }

    @Test
    void theReadmeIsShort() throws Exception {
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(150);
    }

    @Test
    void everyLinkLeadsSomewhereAndEveryPageIsReachedFromTheReadme() throws Exception {
        Set<Path> reached = new HashSet<>();
        Deque<Path> unread = new ArrayDeque<>(Set.of(ROOT.resolve("README.md")));
        while (!unread.isEmpty()) {
            Path page = unread.remove();
            if (reached.add(page)) {
                linksOf(page).stream()
                        .filter(target -> target.toString().endsWith(".md"))
                        .forEach(unread::add);
            }
        }
        try (var files = Files.walk(ROOT.resolve("docs"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".md")))
                    .isNotEmpty()
                    .isSubsetOf(reached);
        }
    }

    private static List<Path> linksOf(Path page) throws Exception {
        List<Path> targets = new ArrayList<>();
        Matcher link = LINK.matcher(Files.readString(page));
        while (link.find()) {
            Path target = page.resolveSibling(link.group(1)).normalize();
            assertThat(target).as("link of %s", page).exists();
            targets.add(target);
        }
        return targets;
    }
}
