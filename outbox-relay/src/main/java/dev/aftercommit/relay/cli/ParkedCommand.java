package dev.aftercommit.relay.cli;

import picocli.CommandLine.Command;

@Command(
        name = "parked",
        mixinStandardHelpOptions = true,
        description = "Events that the stream cannot take, and those of their aggregates that wait behind them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ParkedListCommand.class, ParkedRetryCommand.class, ParkedDiscardCommand.class})
final class ParkedCommand {}
