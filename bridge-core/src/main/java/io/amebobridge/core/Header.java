package io.amebobridge.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One header; a name may occur several times, and the order is kept. The value may be null. */
public record Header(String name, byte @Nullable [] value) {
  public static Header of(String name, String value) {
    return new Header(name, value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Header h && name.equals(h.name) && Arrays.equals(value, h.value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, Arrays.hashCode(value));
  }

  /** Without the value, which may be secret. */
  @Override
  public String toString() {
    return name;
  }
}
