package dev.aftercommit.relay.cli;

import dev.aftercommit.relay.config.RelayConfig;
import dev.aftercommit.relay.config.Setting;
import dev.aftercommit.relay.config.SettingsReader;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A flag for each {@link Setting}, mixed into the commands that need the configuration. */
final class SettingOptions {
    private final Map<Setting, String> flags = new EnumMap<>(Setting.class);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file with any of the settings. Environment: " + SettingsReader.CONFIG_VARIABLE)
    private @Nullable Path file;

    @Spec(Spec.Target.MIXEE)
    void mixee(CommandSpec spec) {
        for (Setting setting : Setting.values()) {
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
        String text = "%s. Environment: %s".formatted(setting.description(), setting.variable());
        String defaultValue = setting.defaultValue();
        if (defaultValue == null) {
            return text + ". Required";
        }
        return defaultValue.isEmpty() ? text : text + ". Default: " + defaultValue;
    }

    /** The configuration from flags, environment and file. */
    RelayConfig read() {
        return SettingsReader.read(flags, System.getenv(), file);
    }
}
