package io.amebobridge.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A resource policy in a line for each statement: {@code Allow sqs:SendMessage to Service
 * sns.amazonaws.com if ArnEquals aws:SourceArn arn:…}. Stateless.
 */
final class PolicySummary {
  private PolicySummary() {}

  static List<String> of(@Nullable String policy) {
    Object statements = InventoryJson.field(InventoryJson.policy(policy), "Statement");
    List<String> lines = new ArrayList<>();
    for (Object statement : list(statements)) {
      if (statement instanceof Map<?, ?> map) lines.add(line(map));
    }
    return List.copyOf(lines);
  }

  private static String line(Map<?, ?> s) {
    boolean except = s.get("NotAction") != null;
    String actions = join(s.get(except ? "NotAction" : "Action"));
    String to =
        s.get("NotPrincipal") != null
            ? "all but " + principal(s.get("NotPrincipal"))
            : principal(s.get("Principal"));
    String condition = condition(s.get("Condition"));
    return "%s %s%s to %s%s"
        .formatted(
            s.get("Effect"),
            except ? "all but " : "",
            actions,
            to,
            condition.isEmpty() ? "" : " if " + condition);
  }

  private static String principal(@Nullable Object principal) {
    if (!(principal instanceof Map<?, ?> map)) {
      return principal == null || principal.equals("*") ? "everyone" : principal.toString();
    }
    return new TreeMap<>(map)
        .entrySet().stream()
            .map(e -> everyone(e.getValue()) ? "everyone" : e.getKey() + " " + join(e.getValue()))
            .collect(Collectors.joining(", "));
  }

  static boolean everyone(@Nullable Object value) {
    return list(value).contains("*");
  }

  private static String condition(@Nullable Object condition) {
    if (!(condition instanceof Map<?, ?> operators)) return "";
    List<String> all = new ArrayList<>();
    new TreeMap<>(operators)
        .forEach(
            (operator, keys) -> {
              if (!(keys instanceof Map<?, ?> map)) return;
              new TreeMap<>(map)
                  .forEach((key, value) -> all.add(operator + " " + key + " " + join(value)));
            });
    return String.join(" and ", all);
  }

  private static String join(@Nullable Object value) {
    return list(value).stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  static List<?> list(@Nullable Object value) {
    if (value == null) return List.of();
    return value instanceof List<?> list ? list : List.of(value);
  }
}
