package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.config.Setting;
import dev.aftercommit.relay.config.SettingsReader;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A flag for each {@link Setting}, mixed into the commands that need the configuration. */
final class SettingOptions {
    private final Map<Setting, String> flags = new EnumMap<>(Setting.class);
    private final Set<Setting> offered;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "properties file with any of the settings, such as database-url=... ["
                    + SettingsReader.CONFIG_VARIABLE + "]")
    private @Nullable Path file;

    private SettingOptions(Set<Setting> offered) {
        this.offered = offered;
    }

    static SettingOptions all() {
        return new SettingOptions(EnumSet.allOf(Setting.class));
    }

    /** For commands that need the database and nothing else. */
    static SettingOptions ofDatabase() {
        return new SettingOptions(EnumSet.of(Setting.DATABASE_URL, Setting.DATABASE_USER, Setting.DATABASE_PASSWORD));
    }

    @Spec(Spec.Target.MIXEE)
    void mixee(CommandSpec spec) {
        for (Setting setting : offered) {
            spec.addOption(OptionSpec.builder(setting.flag())
                    .type(String.class)
                    .paramLabel("VALUE")
                    .description(description(setting))
                    .setter(new FlagSetter(setting))
                    .build());
        }
    }

    private final class FlagSetter implements picocli.CommandLine.Model.ISetter {
        private final Setting setting;

        FlagSetter(Setting setting) {
            this.setting = setting;
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"}) // picocli's signature
        public <T> T set(T value) {
            String before = value == null ? flags.remove(setting) : flags.put(setting, value.toString());
            return (T) before;
        }
    }

    private static String description(Setting setting) {
        String defaultValue = setting.defaultValue();
        String note = defaultValue == null ? ", required" : defaultValue.isEmpty() ? "" : ", default " + defaultValue;
        return setting.description() + " [" + setting.variable() + note + "]";
    }

    /** The configuration of the relay from flags, environment and file. */
    RelayConfig relay() {
        return reader().relay();
    }

    /** The database from flags, environment and file. */
    DatabaseConfig database() {
        return reader().databaseOnly();
    }

    private SettingsReader reader() {
        return new SettingsReader(flags, System.getenv(), file);
    }
}
