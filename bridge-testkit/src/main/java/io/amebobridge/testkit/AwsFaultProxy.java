package io.amebobridge.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Faults by the number before a server of SQS, as AWS documents them: refuses, throttles, fails
 * some entries of a batch, loses answers. Thread-safe.
 */
public final class AwsFaultProxy implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final FaultyAws proxy;
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final List<Fault> faults = new ArrayList<>();

  /** What happens to some calls. */
  private static final class Fault {
    final String action;
    final String text;
    final How how;
    final int status;
    final String code;
    int left;

    Fault(String action, String text, How how, int status, String code, int times) {
      this.action = action;
      this.text = text;
      this.how = how;
      this.status = status;
      this.code = code;
      this.left = times;
    }
  }

  private enum How {
    REFUSE,
    FAIL_ENTRIES,
    LOSE_ANSWER
  }

  /** A proxy on a port of its own. */
  public AwsFaultProxy(String target) throws IOException {
    proxy = new FaultyAws(target);
    proxy.script(this::answer);
  }

  /** In the place of the server's. */
  public String endpoint() {
    return proxy.endpoint();
  }

  /** How often an action was called, such as {@code ReceiveMessage}. */
  public int calls(String action) {
    AtomicInteger count = calls.get(action);
    return count == null ? 0 : count.get();
  }

  /**
   * The action is refused, so many times.
   *
   * @param text only requests whose body has it, such as a queue's name; empty: all
   * @param code such as {@code AccessDeniedException}
   */
  public void refuse(String action, String text, int status, String code, int times) {
    add(new Fault(action, text, How.REFUSE, status, code, times));
  }

  /**
   * Of the action's batches every second entry, from the first, fails and is not forwarded.
   *
   * @param status 400: the sender's fault; else the service's
   */
  public void failEntries(String action, int status, String code, int times) {
    add(new Fault(action, "", How.FAIL_ENTRIES, status, code, times));
  }

  /**
   * What the action answers is lost: it is done, and the connection ends.
   *
   * @param text only answers that have it, such as a body; empty: all
   */
  public void loseAnswer(String action, String text, int times) {
    add(new Fault(action, "", How.LOSE_ANSWER, 0, text, times));
  }

  /** All is well again. */
  public void heal() {
    synchronized (faults) {
      faults.clear();
    }
  }

  private void add(Fault fault) {
    synchronized (faults) {
      faults.add(fault);
    }
  }

  private @Nullable Fault faultOf(String action, String body) {
    synchronized (faults) {
      for (Iterator<Fault> i = faults.iterator(); i.hasNext(); ) {
        Fault fault = i.next();
        if (!fault.action.equals(action) || !body.contains(fault.text)) continue;
        if (--fault.left <= 0) i.remove();
        return fault;
      }
      return null;
    }
  }

  private FaultyAws.@Nullable Answer answer(FaultyAws.Request request, FaultyAws.Next next)
      throws IOException, InterruptedException {
    calls.computeIfAbsent(request.action(), a -> new AtomicInteger()).incrementAndGet();
    Fault fault = faultOf(request.action(), request.body());
    if (fault == null) return next.answer(request);
    return switch (fault.how) {
      case REFUSE -> FaultyAws.error(request, fault.status, fault.code, Map.of());
      case LOSE_ANSWER -> lose(request, next, fault);
      case FAIL_ENTRIES -> failSome(request, next, fault);
    };
  }

  private FaultyAws.@Nullable Answer lose(
      FaultyAws.Request request, FaultyAws.Next next, Fault fault)
      throws IOException, InterruptedException {
    FaultyAws.Answer answer = next.answer(request);
    if (answer.body().contains(fault.code)) return null;
    add(new Fault(fault.action, "", How.LOSE_ANSWER, 0, fault.code, 1));
    return answer;
  }

  private static FaultyAws.Answer failSome(
      FaultyAws.Request request, FaultyAws.Next next, Fault fault)
      throws IOException, InterruptedException {
    ObjectNode asked = (ObjectNode) JSON.readTree(request.body());
    ArrayNode good = JSON.createArrayNode();
    ArrayNode failed = JSON.createArrayNode();
    int index = 0;
    for (JsonNode entry : asked.path("Entries")) {
      if (index++ % 2 == 1) good.add(entry);
      else {
        failed
            .addObject()
            .put("Id", entry.path("Id").asString())
            .put("SenderFault", fault.status == 400)
            .put("Code", fault.code)
            .put("Message", "as asked for");
      }
    }
    ObjectNode answer = JSON.createObjectNode();
    if (good.isEmpty()) {
      answer.putArray("Successful");
    } else {
      asked.set("Entries", good);
      String body = JSON.writeValueAsString(asked);
      answer = (ObjectNode) JSON.readTree(next.answer(request.with(body)).body());
    }
    ArrayNode all = answer.withArray("Failed");
    failed.forEach(all::add);
    return new FaultyAws.Answer(
        200, Map.of("Content-Type", "application/x-amz-json-1.0"), JSON.writeValueAsString(answer));
  }

  @Override
  public void close() {
    proxy.close();
  }
}
