package io.amebobridge.core.deadletter;

import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads dead letters, while a bridge may be writing more. Takes no lock; holds one page in memory.
 * Thread-safe.
 */
public final class DeadLetterReader {
  private static final long PAGE_BYTES = 32L << 20;
  private static final int MOST_DAMAGED = 100;
  private static final int ID_FROM = "{\"id\":\"".length();

  private final Segments segments;

  public DeadLetterReader(Path directory) {
    this.segments = new Segments(directory);
  }

  /**
   * Some letters, the oldest first.
   *
   * @param next to be given as {@code after} for the next page; null at the end
   * @param damaged places of lines that are not as they were written, at most 100
   */
  public record Page(List<StoredDeadLetter> letters, @Nullable String next, List<String> damaged) {}

  /**
   * One page.
   *
   * @param after the id after which to begin; null for the first
   * @param limit at most so many; fewer where they are large
   * @throws IllegalArgumentException where after is no id
   */
  public Page list(DeadLetterFilter filter, @Nullable String after, int limit) throws IOException {
    LetterId from = after == null ? new LetterId(0, 0) : id(after);
    PageReader page = new PageReader(filter, from, limit, ReplayJournal.states(segments.journal()));
    for (long segment : segments.numbers()) {
      if (segment < from.segment()) continue;
      page.read(segments.path(segment));
      if (page.full) break;
    }
    return new Page(page.letters, page.full ? page.last : null, page.damaged);
  }

  /**
   * One letter, whatever its state.
   *
   * @throws IllegalArgumentException where this is no id
   */
  public Optional<StoredDeadLetter> find(String id) throws IOException {
    LetterId wanted = id(id);
    if (!segments.numbers().contains(wanted.segment())) return Optional.empty();
    LetterId before = new LetterId(wanted.segment(), wanted.number() - 1);
    Page page = list(DeadLetterFilter.in(State.values()), before.toString(), 1);
    return page.letters().stream().filter(l -> l.id().equals(wanted.toString())).findFirst();
  }

  /**
   * These ids in the order in which the letters were stored, each once. As text they would not be:
   * {@code 00000001-10} is after {@code 00000001-2}.
   *
   * @throws IllegalArgumentException where one is no id
   */
  public static List<String> inOrder(Collection<String> ids) {
    return ids.stream()
        .map(DeadLetterReader::id)
        .distinct()
        .sorted()
        .map(LetterId::toString)
        .toList();
  }

  private static LetterId id(String text) {
    return LetterId.parse(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no dead letter's id: " + text + ", allowed: as list shows them"));
  }

  /** Goes through one segment after the other until the page is full. */
  private static final class PageReader {
    private final DeadLetterFilter filter;
    private final LetterId after;
    private final int limit;
    private final ReplayStates states;
    private final List<StoredDeadLetter> letters = new ArrayList<>();
    private final List<String> damaged = new ArrayList<>();
    private long bytes;
    private @Nullable String last;
    private boolean full;

    PageReader(DeadLetterFilter filter, LetterId after, int limit, ReplayStates states) {
      this.filter = filter;
      this.after = after;
      this.limit = limit;
      this.states = states;
    }

    void read(Path file) throws IOException {
      int[] number = {0};
      try {
        Lines.read(
            file,
            (line, sound, end) -> {
              number[0]++;
              Optional<LetterId> id = sound ? id(line) : Optional.empty();
              if (id.isEmpty()) damage(file + " line " + number[0]);
              else if (id.get().compareTo(after) > 0) take(id.get(), line);
              return !full;
            });
      } catch (FileNotFoundException e) {
        // Tidied up meanwhile is no matter, but unreadable is.
        if (Files.exists(file)) throw e;
      }
    }

    private void damage(String place) {
      if (damaged.size() < MOST_DAMAGED) damaged.add(place);
    }

    /** Without parsing the line, of which most are only passed over. */
    private static Optional<LetterId> id(byte[] line) {
      int end = ID_FROM;
      while (end < line.length && line[end] != '"') end++;
      if (line.length < ID_FROM) return Optional.empty();
      String text = new String(line, ID_FROM, end - ID_FROM, StandardCharsets.ISO_8859_1);
      return LetterId.parse(text);
    }

    private void take(LetterId id, byte[] line) {
      State state = states.get(id);
      if (!filter.takes(state)) return;
      DeadLetter letter;
      try {
        letter = LetterJson.letter(LetterJson.parse(line));
      } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
        damage(id + ": of another version (" + e.getMessage() + ")");
        return;
      }
      if (!filter.takes(letter)) return;
      if (letters.size() >= limit || bytes >= PAGE_BYTES) {
        full = true;
        return;
      }
      letters.add(new StoredDeadLetter(id.toString(), state, letter));
      last = id.toString();
      bytes += line.length;
    }
  }
}
