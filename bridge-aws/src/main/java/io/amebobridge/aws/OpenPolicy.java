package io.amebobridge.aws;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a resource policy lets everyone in: one of its statements allows something to everyone,
 * or to all but some, and no condition of it names who may. A Deny beside it is not weighed.
 * Stateless.
 */
final class OpenPolicy {
  /** Keys of conditions that tell who asks, or from where. */
  private static final Set<String> WHO =
      Set.of(
          "aws:principalaccount",
          "aws:principalarn",
          "aws:principalorgid",
          "aws:principalorgpaths",
          "aws:principalservicename",
          "aws:sourceaccount",
          "aws:sourcearn",
          "aws:sourceip",
          "aws:sourceorgid",
          "aws:sourceorgpaths",
          "aws:sourceowner",
          "aws:sourcevpc",
          "aws:sourcevpce",
          "aws:userid",
          "aws:vpcsourceip");

  /** Not those that hold where the key is missing (IfExists, ForAllValues), nor negations. */
  private static final Set<String> NAMING =
      Set.of(
          "stringequals",
          "stringequalsignorecase",
          "stringlike",
          "arnequals",
          "arnlike",
          "ipaddress");

  private OpenPolicy() {}

  /** False where there is none, or what there is is no policy. */
  static boolean isOpen(@Nullable String policy) {
    Object statements = InventoryJson.field(InventoryJson.policy(policy), "Statement");
    return PolicySummary.list(statements).stream().anyMatch(OpenPolicy::letsEveryoneIn);
  }

  private static boolean letsEveryoneIn(Object statement) {
    if (!(statement instanceof Map<?, ?> s) || !"Allow".equals(s.get("Effect"))) return false;
    boolean everyone = s.get("NotPrincipal") != null || isEveryone(s.get("Principal"));
    return everyone && !isClosed(s.get("Condition"));
  }

  private static boolean isEveryone(@Nullable Object principal) {
    if (!(principal instanceof Map<?, ?> map)) return PolicySummary.everyone(principal);
    return map.values().stream().anyMatch(PolicySummary::everyone);
  }

  /** All conditions have to hold, so that one which names who may is enough. */
  private static boolean isClosed(@Nullable Object condition) {
    if (!(condition instanceof Map<?, ?> operators)) return false;
    return operators.entrySet().stream().anyMatch(o -> names(o.getKey()) && namesWho(o.getValue()));
  }

  private static boolean names(@Nullable Object operator) {
    String name = lower(operator);
    String any = "foranyvalue:";
    return NAMING.contains(name.startsWith(any) ? name.substring(any.length()) : name);
  }

  private static boolean namesWho(@Nullable Object keys) {
    if (!(keys instanceof Map<?, ?> map)) return false;
    return map.entrySet().stream()
        .anyMatch(
            e -> {
              List<?> values = PolicySummary.list(e.getValue());
              return WHO.contains(lower(e.getKey()))
                  && !values.isEmpty()
                  && values.stream().allMatch(v -> isSomebody(String.valueOf(v)));
            });
  }

  /** Whether it is one, or those of one, rather than whoever comes. */
  private static boolean isSomebody(String value) {
    if (value.contains("${") || value.endsWith("/0")) return false;
    if (value.startsWith("arn:")) {
      String account = AwsInventory.account(value);
      // a bucket's ARN has no account
      return isFixed(account.isEmpty() ? AwsInventory.name(value) : account);
    }
    return isFixed(
        value.replaceFirst("(/|:\\*).*", "")); // an organization's path, a role's sessions
  }

  private static boolean isFixed(String text) {
    return !text.isEmpty() && !text.contains("*") && !text.contains("?");
  }

  private static String lower(@Nullable Object text) {
    return String.valueOf(text).toLowerCase(Locale.ROOT);
  }
}
