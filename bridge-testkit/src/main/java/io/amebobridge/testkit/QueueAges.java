package io.amebobridge.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * CloudWatch, as far as the ages of queues go: answers {@code GetMetricData} as its API reference
 * says, an unknown metric without values, and lets everything else through. Values come without
 * their timestamps. Immutable.
 */
public final class QueueAges implements FaultyAws.Script {
  private static final int MOST_QUERIES = 500;

  private final Map<String, List<Double>> ages;
  private final int page;

  /**
   * Of these queues.
   *
   * @param ages of the last minutes in seconds, the newest first, by the queue's name
   * @param page as many results are in one answer
   */
  public QueueAges(Map<String, List<Double>> ages, int page) {
    this.ages = Map.copyOf(ages);
    this.page = page;
  }

  @Override
  public FaultyAws.@Nullable Answer answer(FaultyAws.Request request, FaultyAws.Next next)
      throws IOException, InterruptedException {
    if (!request.action().equals("GetMetricData")) return next.answer(request);
    JsonNode asked =
        CBORMapper.shared().readTree(request.body().getBytes(StandardCharsets.ISO_8859_1));
    JsonNode queries = asked.path("MetricDataQueries");
    if (queries.size() > MOST_QUERIES) {
      return FaultyAws.error(request, 400, "ValidationError", Map.of());
    }
    boolean newestFirst = asked.path("ScanBy").asString("").equals("TimestampDescending");
    int from = Integer.parseInt(asked.path("NextToken").asString("0"));
    int to = Math.min(from + page, queries.size());
    List<Map<String, Object>> results = new ArrayList<>();
    for (int i = from; i < to; i++) results.add(result(queries.path(i), newestFirst));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("MetricDataResults", results);
    if (to < queries.size()) answer.put("NextToken", String.valueOf(to));
    return FaultyAws.cbor(200, Map.of(), answer);
  }

  private Map<String, Object> result(JsonNode query, boolean newestFirst) {
    JsonNode stat = query.path("MetricStat");
    JsonNode metric = stat.path("Metric");
    JsonNode dimension = metric.path("Dimensions").path(0);
    boolean known =
        metric.path("Namespace").asString("").equals("AWS/SQS")
            && metric.path("MetricName").asString("").equals("ApproximateAgeOfOldestMessage")
            && dimension.path("Name").asString("").equals("QueueName")
            && stat.path("Period").asInt(0) == 60;
    String queue = dimension.path("Value").asString("");
    List<Double> values = known ? ages.getOrDefault(queue, List.of()) : List.of();
    List<Double> inOrder = new ArrayList<>();
    for (double value : values) inOrder.add(newestFirst ? inOrder.size() : 0, value);
    return Map.of("Id", query.path("Id").asString(""), "Values", inOrder, "StatusCode", "Complete");
  }
}
