package io.amebobridge.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Ids that no event here has: a database that was lost may have given them, so the one restored in
 * its place goes on above them. Each skip is a setting, so that it goes with the data. Immutable.
 */
public final class SkippedIds {
  private static final String PREFIX = "event_ids_skipped/";

  /** No id up to this one may be given: it was, or might have been. One row with one number. */
  static final String FLOOR =
      "SELECT max(taken) FROM (SELECT 0 AS taken UNION ALL SELECT max(cursor) FROM subscriptions"
          + " UNION ALL SELECT max(CAST(value AS BIGINT)) FROM settings WHERE name LIKE '"
          + PREFIX
          + "%') AS floors";

  private final List<Range> ranges; // the newest first, and none in another

  private record Range(long after, long upTo) {
    long between(long from, long to) {
      return Math.max(0, Math.min(to, upTo) - Math.max(from, after));
    }
  }

  private SkippedIds(List<Range> ranges) {
    this.ranges = ranges.stream().sorted(Comparator.comparing(Range::upTo).reversed()).toList();
  }

  static SkippedIds read(Connection connection) throws SQLException {
    List<Range> found = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT name, value FROM settings WHERE name LIKE '" + PREFIX + "%'");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long after = Long.parseLong(rows.getString(1).substring(PREFIX.length()));
        found.add(new Range(after, Long.parseLong(rows.getString(2))));
      }
    }
    return new SkippedIds(found);
  }

  /**
   * The setting for a skip.
   *
   * @param after the newest event; {@link #floor} is the setting's value
   */
  public static String setting(long after) {
    return PREFIX + after;
  }

  /** Up to here ids are taken, besides those of events. */
  public static long floor(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(FLOOR);
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** How many of the ids above one and up to another were skipped. */
  long between(long from, long to) {
    return ranges.stream().mapToLong(range -> range.between(from, to)).sum();
  }

  /** The id that is so many before this one, skipped ones not counted. */
  long back(long id, long count) {
    long at = id;
    long left = count;
    for (Range range : ranges) {
      if (at - left <= range.upTo) {
        left -= Math.max(0, at - range.upTo);
        at = Math.min(at, range.after);
      }
    }
    return at - left;
  }
}
