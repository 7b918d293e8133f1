package io.amebobridge.testkit;

import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * SQS on a bad day: it throttles, loses answers, fails at one message of a batch to be deleted, and
 * gives out again what it gave out before, perhaps deleted meanwhile. For {@link FaultyAws#script}.
 * Thread-safe.
 */
public final class UnreliableAws implements FaultyAws.Script {
  /** What may go wrong. */
  public enum Fault {
    THROTTLED,
    ANSWER_LOST,
    DELETED_IN_PART,
    GIVEN_OUT_AGAIN
  }

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int BAD_REQUEST = 400;
  private static final int UNAVAILABLE = 503;

  private final Random random;
  private final Map<Fault, Double> shares;
  private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
  private final Map<String, FaultyAws.Answer> givenOut = new HashMap<>();
  private volatile boolean deleting = true;

  /**
   * Makes it as unreliable as this.
   *
   * @param shares of the calls to which each may happen, from 0 to 1
   */
  public UnreliableAws(long seed, Map<Fault, Double> shares) {
    random = new Random(seed);
    this.shares = Map.copyOf(shares);
  }

  /** Whether anything can be deleted at all, from now on. */
  public void deletes(boolean can) {
    deleting = can;
  }

  @Override
  public FaultyAws.Answer answer(FaultyAws.Request request, FaultyAws.Next next)
      throws IOException, InterruptedException {
    if (happens(Fault.THROTTLED)) {
      return FaultyAws.error(request, BAD_REQUEST, "ThrottlingException", Map.of());
    }
    FaultyAws.Answer answer =
        switch (request.action()) {
          case "ReceiveMessage" -> received(request, next);
          case "DeleteMessageBatch" -> deleted(request, next);
          default -> next.answer(request);
        };
    if (happens(Fault.ANSWER_LOST)) throw new IOException("the answer is lost, on purpose");
    return answer;
  }

  private FaultyAws.Answer received(FaultyAws.Request request, FaultyAws.Next next)
      throws IOException, InterruptedException {
    JsonNode asked = JSON.readTree(request.body());
    String queue = asked.path("QueueUrl").asString();
    FaultyAws.Answer before = before(queue);
    if (before != null
        && messages(before) <= asked.path("MaxNumberOfMessages").asInt(1)
        && happens(Fault.GIVEN_OUT_AGAIN)) {
      return before;
    }
    FaultyAws.Answer answer = next.answer(request);
    if (answer.status() == 200 && messages(answer) > 0) remember(queue, answer);
    return answer;
  }

  private synchronized FaultyAws.@org.jspecify.annotations.Nullable Answer before(String queue) {
    return givenOut.get(queue);
  }

  private synchronized void remember(String queue, FaultyAws.Answer answer) {
    givenOut.put(queue, answer);
  }

  private static int messages(FaultyAws.Answer answer) {
    return JSON.readTree(answer.body()).path("Messages").size();
  }

  /** All but the first. */
  private FaultyAws.Answer deleted(FaultyAws.Request request, FaultyAws.Next next)
      throws IOException, InterruptedException {
    if (!deleting) return FaultyAws.error(request, UNAVAILABLE, "ServiceUnavailable", Map.of());
    ObjectNode asked = (ObjectNode) JSON.readTree(request.body());
    ArrayNode entries = (ArrayNode) asked.path("Entries");
    if (entries.size() < 2 || !happens(Fault.DELETED_IN_PART)) return next.answer(request);
    JsonNode first = entries.remove(0);
    FaultyAws.Answer answer = next.answer(request.with(asked.toString()));
    if (answer.status() != 200) return answer;
    ObjectNode body = (ObjectNode) JSON.readTree(answer.body());
    ArrayNode failed =
        body.path("Failed").isArray() ? (ArrayNode) body.path("Failed") : body.putArray("Failed");
    failed
        .addObject()
        .put("Id", first.path("Id").asString())
        .put("SenderFault", false)
        .put("Code", "InternalError")
        .put("Message", "on purpose");
    return new FaultyAws.Answer(200, answer.headers(), body.toString());
  }

  /** At the first occasion, so that each has happened; then by chance. */
  private synchronized boolean happens(Fault fault) {
    double share = shares.getOrDefault(fault, 0.0);
    boolean now = random.nextDouble() < share || (share > 0 && !counts.containsKey(fault));
    if (now) counts.merge(fault, 1, Integer::sum);
    return now;
  }

  /** How often each has happened. */
  public synchronized Map<Fault, Integer> counts() {
    return Map.copyOf(counts);
  }
}
