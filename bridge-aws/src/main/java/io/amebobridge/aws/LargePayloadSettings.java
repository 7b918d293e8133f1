package io.amebobridge.aws;

import io.amebobridge.core.config.ConfigSection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What to do with payloads in S3: {@code sources.<name>.largePayloads}. Immutable.
 *
 * @param place in the config, for messages
 * @param fetch whether they are fetched; otherwise they are errors
 * @param buckets the only ones that are fetched from
 * @param maxBytes of one payload
 */
record LargePayloadSettings(String place, boolean fetch, Set<String> buckets, long maxBytes) {
  static final long MAX_BYTES = 64L << 20;

  LargePayloadSettings {
    buckets = Set.copyOf(buckets);
  }

  /** Reads the section, which may be absent: then nothing is fetched. */
  static LargePayloadSettings read(ConfigSection source) {
    boolean there = source.has("largePayloads");
    ConfigSection section = source.section("largePayloads");
    boolean fetch = section.flag("fetch", there);
    List<String> buckets = section.texts("buckets");
    if (fetch && buckets.isEmpty()) {
      section.problem(
          "buckets",
          "is missing, allowed: the buckets' names, such as [order-payloads]; a message names a"
              + " bucket, and whoever may send one must not choose what the bridge reads");
    }
    if (buckets.stream().anyMatch(String::isBlank)) {
      section.problem("buckets", "has an empty name");
    }
    long maxBytes = section.bytes("maxBytes", MAX_BYTES, 1024, 1L << 30);
    section.refuseUnknown();
    return new LargePayloadSettings(section.path(), fetch, new LinkedHashSet<>(buckets), maxBytes);
  }
}
