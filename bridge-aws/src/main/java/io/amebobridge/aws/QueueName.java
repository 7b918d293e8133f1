package io.amebobridge.aws;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A queue as the config names it: by name, ARN or URL. Immutable.
 *
 * @param name such as {@code orders} or {@code orders.fifo}
 * @param account null: that of the credentials
 * @param region null: that of the access
 * @param url null: SQS is asked for it
 */
record QueueName(
    String name, @Nullable String account, @Nullable String region, @Nullable String url) {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo");
  private static final Pattern ARN = Pattern.compile("arn:[a-z-]+:sqs:([a-z0-9-]+):(\\d+):([^:]+)");
  private static final Pattern HOST = Pattern.compile("sqs\\.([a-z0-9-]+)\\.amazonaws\\.com.*");
  static final String ALLOWED =
      "a queue's name (letters, digits, - and _, .fifo at the end of a FIFO queue's), its ARN or its"
          + " URL";

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException says what is allowed
   */
  static QueueName parse(String text) {
    if (text.startsWith("http://") || text.startsWith("https://")) return ofUrl(text);
    Matcher arn = ARN.matcher(text);
    QueueName found =
        arn.matches()
            ? new QueueName(arn.group(3), arn.group(2), arn.group(1), null)
            : new QueueName(text, null, null, null);
    if (!NAME.matcher(found.name).matches()) throw refusal(text);
    return found;
  }

  private static QueueName ofUrl(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw refusal(text);
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (uri.getHost() == null || uri.getRawUserInfo() != null || !NAME.matcher(name).matches()) {
      throw refusal(text);
    }
    Matcher host = HOST.matcher(uri.getHost());
    return new QueueName(name, null, host.matches() ? host.group(1) : null, text);
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException("got " + text + ", allowed: " + ALLOWED);
  }

  boolean isFifo() {
    return name.endsWith(".fifo");
  }

  @Override
  public String toString() {
    return name;
  }
}
