package io.amebobridge.cli;

import picocli.CommandLine.Command;

/** {@code amebo dead-letters}. */
@Command(
    name = "dead-letters",
    description = "Messages that could not be mapped or were rejected for good.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(list | show | replay)",
    footerHeading = "%nExamples:%n",
    footer = {
      "  amebo dead-letters list -c bridge.yaml",
      "  amebo dead-letters show -c bridge.yaml 00000001-1",
      "  amebo dead-letters replay -c bridge.yaml --route users"
    },
    subcommands = {
      DeadLettersListVerb.class,
      DeadLettersShowVerb.class,
      DeadLettersReplayVerb.class
    })
final class DeadLettersVerb {}
