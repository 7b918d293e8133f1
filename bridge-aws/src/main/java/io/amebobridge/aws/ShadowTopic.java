package io.amebobridge.aws;

import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.config.JsonText;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A topic whose messages a shadow gets. Immutable.
 *
 * @param filter which of them; null: the same as the application's queue gets
 */
record ShadowTopic(String arn, @Nullable FilterPolicy filter) {
  private static final Pattern ARN =
      Pattern.compile(
          "arn:(aws[a-z-]*):sns:([a-z0-9-]+):(\\d{12}):([A-Za-z0-9_-]{1,256}(\\.fifo)?)");

  static ShadowTopic read(ConfigSection section) {
    String arn = section.required("topic", "the topic's ARN");
    if (!arn.isBlank() && !ARN.matcher(arn).matches()) {
      section.problem(
          "topic", "got " + arn + ", allowed: such as arn:aws:sns:eu-west-1:123456789012:orders");
    }
    return new ShadowTopic(arn, filter(section));
  }

  private static @Nullable FilterPolicy filter(ConfigSection section) {
    String scope =
        section.oneOf(
            "filterPolicyScope",
            List.of(FilterPolicy.BY_ATTRIBUTES, FilterPolicy.BY_BODY),
            FilterPolicy.BY_ATTRIBUTES);
    Object raw = section.raw("filterPolicy");
    if (raw instanceof Map<?, ?> policy) {
      return FilterPolicy.of(
          Map.of("FilterPolicy", JsonText.write(policy), "FilterPolicyScope", scope));
    }
    if (section.has("filterPolicyScope")) {
      section.problem("filterPolicyScope", "is for a filterPolicy that is written here; remove it");
    }
    if (raw == null || raw.equals("copied")) return null;
    if (raw.equals("none")) return FilterPolicy.NONE;
    section.problem(
        "filterPolicy",
        "allowed: copied (the application's subscription's), none, or a policy such as"
            + " {event: [paid, refunded]}");
    return null;
  }

  boolean isFifo() {
    return arn.endsWith(".fifo");
  }

  /** Where it is. */
  String region() {
    String[] parts = arn.split(":", -1);
    return parts.length > 3 ? parts[3] : "";
  }

  /** Such as {@code orders}. */
  String name() {
    return arn.substring(arn.lastIndexOf(':') + 1);
  }

  @Override
  public String toString() {
    return arn;
  }
}
