package dev.aftercommit.relay.cli;

import picocli.CommandLine.Command;

@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = {
            "Events that a consumer's handler kept refusing, and what waits behind them.",
            "The database settings name the consumer's database."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DeadLettersListCommand.class,
            DeadLettersShowCommand.class,
            DeadLettersRedriveCommand.class,
            DeadLettersDiscardCommand.class
        })
final class DeadLettersCommand {}
