package io.amebobridge.cli.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Upstream's options that mean nothing here, each with the reason. */
final class UpstreamOptions {
  private static final String NO_POLLING = "a commit itself starts its deliveries, nothing polls";
  private static final String NO_GRACE =
      "a delivery that has used its attempts is a dead letter at once, and can be replayed";
  private static final String NO_TELEMETRY =
      "traces and logs of other services are not stored here; send them to a collector";

  /** Of a DSN's options for connection pools. */
  static final String POOL = "a server has a few connections, whatever its load";

  private static final String ALWAYS =
      "/health, /ready and /metrics are always there, on AMEBO_PORT";

  private static final List<String> TELEMETRY =
      List.of(
          "INGEST_OPEN",
          "TRACE_SAMPLE_PCT",
          "TRACE_SLOW_MS",
          "TRACE_RETENTION_HOURS",
          "LOG_RETENTION_HOURS",
          "LOG_MIN_SEVERITY",
          "INGEST_QUEUE_MAX",
          "LOG_QUEUE_MAX",
          "METRIC_QUEUE_MAX",
          "ISSUE_QUEUE_MAX",
          "TELEMETRY_BATCH");

  static final Map<String, String> IGNORED = ignored();

  private UpstreamOptions() {}

  private static Map<String, String> ignored() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("AMEBO_IDLES", NO_POLLING);
    all.put("AMEBO_REST_WHEN", NO_POLLING);
    all.put("AMEBO_ENGINE", "AMEBO_DSN says which database it is");
    all.put("AMEBO_DATABASE", "it is called AMEBO_DSN");
    all.put(
        "AMEBO_DELIVERY_CONCURRENCY",
        "each subscription has a window of its own: AMEBO_DELIVERY_WINDOW");
    all.put("AMEBO_DELIVERY_TIMEOUT_MS", "it is called AMEBO_DELIVERY_TIMEOUT, such as 10s");
    all.put(
        "AMEBO_BLOCK_PRIVATE_WEBHOOKS",
        "webhooks to private networks are always refused; AMEBO_ALLOWED_NETWORKS opens some");
    all.put("AMEBO_ADMIN_KEY", "log in with AMEBO_USERNAME and AMEBO_PASSWORD");
    all.put(
        "AMEBO_INSECURE_COOKIES", "there are no cookies to be stolen; tokens are sent as Bearer");
    all.put("AMEBO_SESSION_TTL", "a login lasts a day, each of its tokens an hour");
    all.put("AMEBO_GRACE_SECONDS", NO_GRACE);
    all.put("AMEBO_GRACE_INTERVAL", NO_GRACE);
    all.put("AMEBO_REPLAY_TOLERANCE", "requests carry a token or a secret, no signature");
    all.put("AMEBO_REDACT", "payloads and secrets are never logged");
    all.put("HEALTH_CHECK_ENABLED", ALWAYS);
    all.put("HEALTH_CHECK_PATH", ALWAYS);
    all.put("HEALTH_CHECK_TIMEOUT", ALWAYS);
    all.put("METRICS_ENABLED", ALWAYS);
    all.put("METRICS_PATH", ALWAYS);
    all.put("METRICS_PORT", ALWAYS);
    all.put("LOG_LEVEL", "it is called AMEBO_LOG_LEVEL");
    all.put("LOG_FORMAT", "it is called AMEBO_LOG_FORMAT");
    all.put("LOG_TIMESTAMP", "each line has its time");
    TELEMETRY.forEach(name -> all.put(ServeOption.PREFIX + name, NO_TELEMETRY));
    return all;
  }
}
