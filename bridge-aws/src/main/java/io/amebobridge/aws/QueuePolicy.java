package io.amebobridge.aws;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who may send to a shadow queue: SNS alone, and for the named topics alone. Immutable.
 *
 * @param queueArn of the shadow queue
 * @param topics their ARNs
 */
record QueuePolicy(String queueArn, List<String> topics) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String SNS = "sns.amazonaws.com";
  private static final String SOURCE = "aws:sourcearn";

  /** Each compares the topic with these texts, which have no wildcards. */
  private static final Set<String> COMPARISONS = Set.of("ArnEquals", "ArnLike", "StringEquals");

  QueuePolicy {
    topics = List.copyOf(topics);
  }

  /** The queue's attribute {@code Policy}. */
  String json() {
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("Sid", "TopicsMaySend");
    statement.put("Effect", "Allow");
    statement.put("Principal", Map.of("Service", SNS));
    statement.put("Action", "sqs:SendMessage");
    statement.put("Resource", queueArn);
    Object sources = topics.size() == 1 ? topics.get(0) : topics;
    statement.put("Condition", Map.of("ArnEquals", Map.of("aws:SourceArn", sources)));
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("Version", "2012-10-17");
    policy.put("Statement", List.of(statement));
    return JSON.writeValueAsString(policy);
  }

  /**
   * How another policy differs in what it allows, for people; null: it does not. Statements that
   * deny what comes without TLS are not looked at.
   */
  @Nullable String difference(@Nullable String other) {
    if (other == null || other.isBlank()) return "it has no policy, so SNS may not send to it";
    JsonNode statements;
    try {
      statements = JSON.readTree(other).path("Statement");
    } catch (JacksonException e) {
      return "its policy is no JSON";
    }
    Set<String> may = new TreeSet<>();
    for (JsonNode s : statements.isArray() ? statements.values() : List.of(statements)) {
      String effect = s.path("Effect").asString("");
      if (effect.equals("Deny") && deniesOnlyPlainText(s)) continue;
      if (!effect.equals("Allow")) return "its policy has a statement that denies: " + s;
      List<String> senders = senders(s);
      if (senders.isEmpty()) return "its policy allows more than the topics to send: " + s;
      may.addAll(senders);
    }
    Set<String> missing = new TreeSet<>(topics);
    missing.removeAll(may);
    if (!missing.isEmpty()) return "its policy does not let these topics send to it: " + missing;
    may.removeAll(topics);
    return may.isEmpty() ? null : "its policy lets other topics send to it: " + may;
  }

  private static boolean deniesOnlyPlainText(JsonNode statement) {
    JsonNode condition = statement.path("Condition");
    JsonNode secure = condition.path("Bool").path("aws:SecureTransport");
    return condition.size() == 1
        && condition.path("Bool").size() == 1
        && secure.asString("").equals("false");
  }

  /** The topics that may send by this statement; empty where it allows anything else. */
  private List<String> senders(JsonNode statement) {
    JsonNode principal = statement.path("Principal");
    boolean send =
        principal.size() == 1
            && texts(principal.path("Service")).equals(List.of(SNS))
            && texts(statement.path("Action")).stream().allMatch(QueuePolicy::isSend)
            && texts(statement.path("Resource")).equals(List.of(queueArn))
            && !statement.has("NotAction")
            && !statement.has("NotResource")
            && !statement.has("NotPrincipal");
    JsonNode condition = statement.path("Condition");
    if (!send || condition.size() != 1) return List.of();
    Map.Entry<String, JsonNode> comparison = condition.properties().iterator().next();
    if (!COMPARISONS.contains(comparison.getKey()) || comparison.getValue().size() != 1) {
      return List.of();
    }
    Map.Entry<String, JsonNode> by = comparison.getValue().properties().iterator().next();
    List<String> sources = texts(by.getValue());
    boolean exact = sources.stream().noneMatch(t -> t.contains("*") || t.contains("?"));
    boolean bySource = by.getKey().toLowerCase(java.util.Locale.ROOT).equals(SOURCE);
    return exact && bySource ? sources : List.of();
  }

  private static boolean isSend(String action) {
    return action.toLowerCase(java.util.Locale.ROOT).equals("sqs:sendmessage");
  }

  private static List<String> texts(JsonNode oneOrSeveral) {
    List<String> texts = new ArrayList<>();
    if (oneOrSeveral.isString()) texts.add(oneOrSeveral.stringValue());
    for (JsonNode each : oneOrSeveral.isArray() ? oneOrSeveral.values() : List.<JsonNode>of()) {
      texts.add(each.asString(""));
    }
    return texts;
  }
}
