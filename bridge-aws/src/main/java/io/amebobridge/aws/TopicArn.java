package io.amebobridge.aws;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A topic's full name, such as {@code arn:aws:sns:eu-west-1:123456789012:orders}.
 *
 * @param partition {@code aws}, {@code aws-cn} or {@code aws-us-gov}
 */
record TopicArn(String partition, String region, String account, String name) {
  private static final Pattern ARN =
      Pattern.compile(
          "arn:(aws|aws-cn|aws-us-gov):sns:([a-z0-9-]{1,40}):(\\d{12}):([A-Za-z0-9_-]{1,256}(?:\\.fifo)?)");

  /** Null where it is none. */
  static @Nullable TopicArn parse(String text) {
    Matcher m = ARN.matcher(text);
    return m.matches() ? new TopicArn(m.group(1), m.group(2), m.group(3), m.group(4)) : null;
  }

  /** SNS's own host in the topic's region: the only one that is asked for anything. */
  String host() {
    return "sns." + region + "." + suffix();
  }

  /** The names that SNS's signing certificates have, which are not the same in all regions. */
  List<String> certificateNames() {
    return List.of(
        "sns." + suffix(),
        host(),
        "sns-" + region + "." + suffix(),
        "sns-signing." + region + "." + suffix());
  }

  private String suffix() {
    return partition.equals("aws-cn") ? "amazonaws.com.cn" : "amazonaws.com";
  }

  @Override
  public String toString() {
    return String.join(":", "arn", partition, "sns", region, account, name);
  }
}
