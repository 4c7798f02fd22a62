package dev.aftercommit.relay.config;

import dev.aftercommit.relay.failure.Reason;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings as they were given, one over the other: defaults, then the properties file, then the environment, then
 * flags. Collects names that are not known.
 */
final class SettingValues {
    /** What is read elsewhere, or by later versions; known, so that it is not refused as a typing error. */
    private static final List<String> RESERVED_VARIABLES = List.of(
            SettingsReader.CONFIG_VARIABLE, "OUTBOX_HTTP_TOKEN", "OUTBOX_LOG_LEVEL", "OUTBOX_DEBEZIUM_LOG_LEVEL");

    private static final String PREFIX = "OUTBOX_";

    private final Map<Setting, String> values = new EnumMap<>(Setting.class);
    private final List<String> problems;

    SettingValues(List<String> problems) {
        this.problems = problems;
        for (Setting setting : Setting.values()) {
            if (setting.defaultValue() != null) {
                values.put(setting, setting.defaultValue());
            }
        }
    }

    /** The value, or empty when there is none. */
    String get(Setting setting) {
        return values.getOrDefault(setting, "");
    }

    /** Whether somebody wrote it down, be it empty. */
    boolean isGiven(Setting setting) {
        return values.containsKey(setting);
    }

    void addFile(Path file) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            problems.add("the properties file " + file + " cannot be read (" + why(e) + ")");
            return;
        }
        Map<String, Setting> known = byName(Setting::key);
        for (Map.Entry<String, String> entry : sorted(properties).entrySet()) {
            Setting setting = known.get(entry.getKey());
            if (setting == null) {
                problems.add("unknown setting " + entry.getKey() + " in " + file
                        + Suggestion.of(entry.getKey(), "", known.keySet()));
            } else {
                add(setting, entry.getValue().strip());
            }
        }
    }

    void addEnvironment(Map<String, String> environment) {
        Map<String, Setting> known = byName(Setting::variable);
        new TreeMap<>(environment).forEach((name, value) -> {
            Setting setting = known.get(name);
            if (setting != null) {
                add(setting, value.strip());
            } else if (name.startsWith(PREFIX) && !RESERVED_VARIABLES.contains(name)) {
                problems.add("unknown setting " + name + Suggestion.of(name, PREFIX, known.keySet()));
            }
        });
    }

    void addFlags(Map<Setting, String> flags) {
        flags.forEach(this::add);
    }

    /** Compose files and charts pass what is not set as empty; only a password may really be. */
    private void add(Setting setting, String value) {
        if (!value.isEmpty() || setting == Setting.DATABASE_PASSWORD) {
            values.put(setting, value);
        }
    }

    private static Map<String, String> sorted(Properties properties) {
        Map<String, String> sorted = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> sorted.put(name, properties.getProperty(name)));
        return sorted;
    }

    private static String why(Exception e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "no permission";
            default -> Reason.of(e);
        };
    }

    private static Map<String, Setting> byName(Function<Setting, String> name) {
        return Arrays.stream(Setting.values()).collect(Collectors.toMap(name, Function.identity()));
    }

    /** The file that the environment names, unless a flag did. */
    static @Nullable Path file(@Nullable Path flag, Map<String, String> environment) {
        if (flag != null) {
            return flag;
        }
        String named =
                environment.getOrDefault(SettingsReader.CONFIG_VARIABLE, "").strip();
        return named.isEmpty() ? null : Path.of(named);
    }
}
