package io.amebobridge.aws;

import io.amebobridge.core.SourceException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataResponse;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataResult;
import software.amazon.awssdk.services.cloudwatch.model.ScanBy;

/**
 * How old the oldest message of a queue is, which of AWS's services CloudWatch alone says. Used
 * once, by one thread.
 */
final class ReadAges {
  /** As many metrics as one request may name. */
  private static final int PAGE = 500;

  /** A queue that was idle has numbers again after so long at most. */
  private static final Duration BACK = Duration.ofMinutes(15);

  private static final int PERIOD_SECONDS = 60;

  private final CloudWatchClient cloudWatch;
  private final AwsLook look;

  ReadAges(CloudWatchClient cloudWatch, AwsLook look) {
    this.cloudWatch = cloudWatch;
    this.look = look;
  }

  /** The newest number of each queue; without those that CloudWatch has none of. */
  Map<String, Long> seconds(List<String> queues) throws SourceException, InterruptedException {
    Map<String, Long> ages = new HashMap<>();
    for (int from = 0; from < queues.size(); from += PAGE) {
      List<String> some = queues.subList(from, Math.min(from + PAGE, queues.size()));
      if (!read(some, ages)) break;
    }
    return ages;
  }

  /** Whether CloudWatch answers. */
  private boolean read(List<String> queues, Map<String, Long> ages)
      throws SourceException, InterruptedException {
    List<MetricDataQuery> queries = new ArrayList<>();
    Map<String, String> byId = new HashMap<>();
    for (String queue : queues) {
      String id = "q" + byId.size(); // it has to begin with a small letter
      byId.put(id, queue);
      queries.add(query(id, queue));
    }
    Instant now = Clock.systemUTC().instant();
    String token = null;
    do {
      String at = token;
      GetMetricDataResponse page =
          look.callIfItAnswers(
              "cloudwatch:GetMetricData",
              "how old the oldest messages are",
              () ->
                  cloudWatch.getMetricData(
                      g ->
                          g.metricDataQueries(queries)
                              .startTime(now.minus(BACK))
                              .endTime(now)
                              .scanBy(ScanBy.TIMESTAMP_DESCENDING)
                              .nextToken(at)));
      if (page == null) return false;
      for (MetricDataResult result : page.metricDataResults()) {
        String queue = byId.get(result.id());
        if (queue == null || result.values().isEmpty()) continue;
        ages.putIfAbsent(queue, Math.round(result.values().get(0)));
      }
      token = page.nextToken();
    } while (token != null && !token.isEmpty());
    return true;
  }

  private static MetricDataQuery query(String id, String queue) {
    Dimension name = Dimension.builder().name("QueueName").value(queue).build();
    return MetricDataQuery.builder()
        .id(id)
        .metricStat(
            s ->
                s.period(PERIOD_SECONDS)
                    .stat("Maximum")
                    .metric(
                        m ->
                            m.namespace("AWS/SQS")
                                .metricName("ApproximateAgeOfOldestMessage")
                                .dimensions(name)))
        .build();
  }
}
