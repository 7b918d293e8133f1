package io.amebobridge.server.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of an upstream database's rows.
 *
 * @param tables by their names, in the order of the import
 * @param notes what was adapted or refused, and what to do about it
 */
public record UpstreamReport(Map<String, Count> tables, List<Note> notes) {
  public UpstreamReport {
    tables = new LinkedHashMap<>(tables);
    notes = List.copyOf(notes);
  }

  /**
   * Of one table.
   *
   * @param imported all that are here now, adapted ones too
   * @param adapted those that are not quite as they were
   * @param refused those that are not here
   */
  public record Count(long imported, long adapted, long refused) {}

  /**
   * Something to know.
   *
   * @param rows that it is about
   * @param examples names or ids of some of them
   */
  public record Note(String table, String what, long rows, List<String> examples) {}

  /** How many rows are not here. */
  public long refused() {
    return tables.values().stream().mapToLong(Count::refused).sum();
  }

  /** Adds it up. */
  static final class Tally {
    private static final int EXAMPLES = 20;
    private final Map<String, long[]> counts = new LinkedHashMap<>();
    private final Map<String, Open> notes = new LinkedHashMap<>();

    private record Open(String table, String what, long[] rows, List<String> examples) {}

    void imported(String table) {
      of(table)[0]++;
    }

    /** The row is imported, but not as it was. */
    void adapted(String table, String which, String what) {
      of(table)[1]++;
      note(table, which, what);
    }

    void refused(String table, String which, String what) {
      of(table)[2]++;
      note(table, which, what);
    }

    void note(String table, String which, String what) {
      Open open =
          notes.computeIfAbsent(
              table + " " + what, key -> new Open(table, what, new long[1], new ArrayList<>()));
      open.rows()[0]++;
      if (open.examples().size() < EXAMPLES) {
        open.examples().add(which);
      }
    }

    private long[] of(String table) {
      return counts.computeIfAbsent(table, name -> new long[3]);
    }

    UpstreamReport report() {
      Map<String, Count> tables = new LinkedHashMap<>();
      counts.forEach((table, c) -> tables.put(table, new Count(c[0], c[1], c[2])));
      return new UpstreamReport(
          tables,
          notes.values().stream()
              .map(n -> new Note(n.table(), n.what(), n.rows()[0], List.copyOf(n.examples())))
              .toList());
    }
  }
}
