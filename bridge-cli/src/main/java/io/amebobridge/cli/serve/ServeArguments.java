package io.amebobridge.cli.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The table's options on the command line, with upstream's spellings, which the help leaves out.
 */
public final class ServeArguments implements IModelTransformer {
  private static final String ADDRESS = "--address";
  private static final String WORKERS = "--workers";

  @Override
  public CommandSpec transform(CommandSpec command) {
    for (ServeOption<?> option : ServeOptions.ALL) {
      String says = option.says() + " Default: " + option.shown(ServeSettings.defaults()) + ".";
      command.addOption(
          OptionSpec.builder(option.flag())
              .type(String.class)
              .paramLabel(option.type().label())
              .description(says.replace("%", "%%"))
              .build());
      command.addOption(hidden(option.upstreamFlag()));
    }
    for (String name : UpstreamOptions.IGNORED.keySet()) {
      command.addOption(hidden(ServeOption.upstreamFlag(name)));
    }
    command.addOption(hidden(ADDRESS));
    command.addOption(hidden(WORKERS, "-w"));
    return command;
  }

  private static OptionSpec hidden(String... names) {
    return OptionSpec.builder(names).type(String.class).hidden(true).build();
  }

  /** What the command line says, by the names of options; adds what is to be warned of. */
  public static Map<String, String> values(ParseResult parsed, List<String> warnings) {
    Map<String, String> values = new LinkedHashMap<>();
    address(parsed, values);
    for (ServeOption<?> option : ServeOptions.ALL) {
      for (String flag : List.of(option.upstreamFlag(), option.flag())) {
        String text = parsed.matchedOptionValue(flag, null);
        if (text == null) continue;
        values.put(option.name(), text);
        if (option.type().secret()) {
          warnings.add(
              "command line: "
                  + flag
                  + " can be read by everyone on this machine; set "
                  + option.name()
                  + " in the environment");
        }
      }
    }
    List<String> ignored = new ArrayList<>(UpstreamOptions.IGNORED.keySet());
    for (String name : ignored) {
      String flag = ServeOption.upstreamFlag(name);
      if (parsed.hasMatchedOption(flag)) {
        warnings.add("command line: " + flag + " is ignored: " + UpstreamOptions.IGNORED.get(name));
      }
    }
    if (parsed.hasMatchedOption(WORKERS)) {
      warnings.add("command line: " + WORKERS + " is ignored: one process uses all cores");
    }
    return values;
  }

  /** Upstream's {@code --address host:port}. */
  private static void address(ParseResult parsed, Map<String, String> values) {
    String address = parsed.matchedOptionValue(ADDRESS, null);
    if (address == null) return;
    int colon = address.lastIndexOf(':');
    String host = colon < 0 ? address : address.substring(0, colon);
    values.put("AMEBO_HOST", host.replaceFirst("^\\[(.*)]$", "$1"));
    if (colon >= 0) values.put("AMEBO_PORT", address.substring(colon + 1));
  }
}
