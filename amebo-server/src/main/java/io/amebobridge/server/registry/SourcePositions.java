package io.amebobridge.server.registry;

import io.amebobridge.client.SourceCoordinates;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a consumer of another broker stood when its subscription took over: what came before that
 * is passed over. Immutable.
 *
 * <p>Only what is listed is passed over. An event of another system, stream or partition, or
 * without coordinates, is delivered: twice is better than never.
 */
public final class SourcePositions {
  public static final SourcePositions NONE = new SourcePositions(List.of());

  /**
   * One partition's position.
   *
   * @param offset of the first event to deliver, as consumer groups commit it
   */
  public record Position(String system, String stream, int partition, long offset) {}

  private record Partition(String system, String stream, int partition) {}

  private final List<Position> all;
  private final Map<Partition, Long> offsets;

  /**
   * Makes positions.
   *
   * @throws Refusal where a partition is listed twice
   */
  public SourcePositions(List<Position> positions) {
    this.all = List.copyOf(positions);
    this.offsets =
        all.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    p -> new Partition(p.system(), p.stream(), p.partition()),
                    Position::offset,
                    (first, second) -> {
                      throw new Refusal(400, "start - lists a partition twice");
                    }));
  }

  public List<Position> all() {
    return all;
  }

  /** Whether an event from there was consumed before the subscription took over. */
  public boolean passOver(@Nullable SourceCoordinates source) {
    if (source == null || offsets.isEmpty()) {
      return false;
    }
    Integer partition = source.partition();
    Long offset = source.offset();
    if (partition == null || offset == null) {
      return false;
    }
    Long first = offsets.get(new Partition(source.system(), source.stream(), partition));
    return first != null && offset < first;
  }
}
