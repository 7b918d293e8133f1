package io.amebobridge.cli;

import picocli.CommandLine.Command;

/** {@code amebo db}. */
@Command(
    name = "db",
    description = "A server's database: looked at, migrated, backed up, moved.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(info | migrate | backup | restore | export | import)",
    footerHeading = "%nExamples:%n",
    footer = {
      "  amebo db info --dsn sqlite:./data/amebo.db",
      "  amebo db backup /backups/amebo.db",
      "  amebo db export --dsn sqlite:a.db | amebo db import --dsn postgresql://amebo@localhost/amebo",
      "  amebo db import --from-upstream postgresql://amebo@localhost/upstream --dry-run"
    },
    subcommands = {
      DbInfoVerb.class,
      DbMigrateVerb.class,
      DbBackupVerb.class,
      DbRestoreVerb.class,
      DbExportVerb.class,
      DbImportVerb.class
    })
final class DbVerb {}
