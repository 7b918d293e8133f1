package io.amebobridge.aws;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;

/**
 * A topic's full name, such as {@code arn:aws:sns:eu-west-1:123456789012:orders}.
 *
 * @param partition {@code aws}, {@code aws-cn} or {@code aws-us-gov}
 */
record TopicArn(String partition, String region, String account, String name) {
  private static final Pattern ARN =
      Pattern.compile(
          "arn:(aws|aws-cn|aws-us-gov):sns:([a-z0-9-]{1,40}):(\\d{12}):([A-Za-z0-9_-]{1,256}(?:\\.fifo)?)");

  /** As text: the SDK keeps for ever whatever it is asked to make a region of. */
  private static final Set<String> KNOWN =
      Region.regions().stream()
          .filter(r -> !r.isGlobalRegion())
          .map(Region::id)
          .collect(Collectors.toUnmodifiableSet());

  /** Null where it is none. */
  static @Nullable TopicArn parse(String text) {
    Matcher m = ARN.matcher(text);
    return m.matches() ? new TopicArn(m.group(1), m.group(2), m.group(3), m.group(4)) : null;
  }

  /** SNS's own host in the topic's region: the only one that is asked for anything. */
  String host() {
    return "sns." + region + "." + suffix();
  }

  /**
   * Whether its host is certainly SNS's: of other words in a region's place the host may be
   * another's, such as that of a bucket with the name sns.
   */
  boolean isInKnownRegion() {
    return KNOWN.contains(region) && partition.equals("aws-cn") == region.startsWith("cn-");
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
