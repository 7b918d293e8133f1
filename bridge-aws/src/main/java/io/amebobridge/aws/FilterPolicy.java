package io.amebobridge.aws;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which messages of a topic a subscription gets. Immutable.
 *
 * @param policy JSON as SNS has it; null: all of them
 * @param scope {@code MessageAttributes} or {@code MessageBody}
 */
record FilterPolicy(@Nullable String policy, String scope) {
  static final String BY_ATTRIBUTES = "MessageAttributes";
  static final String BY_BODY = "MessageBody";
  static final FilterPolicy NONE = new FilterPolicy(null, BY_ATTRIBUTES);

  private static final JsonMapper JSON = JsonMapper.shared();

  /** Of a subscription's attributes. An empty policy takes all, as SNS says. */
  static FilterPolicy of(Map<String, String> attributes) {
    String policy = attributes.get("FilterPolicy");
    if (policy == null || policy.isBlank() || policy.equals("{}")) return NONE;
    String scope = attributes.get("FilterPolicyScope");
    return new FilterPolicy(policy, scope == null || scope.isBlank() ? BY_ATTRIBUTES : scope);
  }

  /** Takes the same messages, as far as the texts tell: their order and spaces don't count. */
  boolean isSameAs(FilterPolicy other) {
    if (policy == null || other.policy == null) return policy == null && other.policy == null;
    return scope.equals(other.scope) && tree(policy).equals(tree(other.policy));
  }

  private static Object tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JacksonException e) {
      return json;
    }
  }

  @Override
  public String toString() {
    if (policy == null) return "no filter policy";
    return "filter policy " + policy + " (" + scope + ")";
  }
}
