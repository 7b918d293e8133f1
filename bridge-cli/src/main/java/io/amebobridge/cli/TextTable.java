package io.amebobridge.cli;

import io.amebobridge.core.Inventory.Table;
import java.util.ArrayList;
import java.util.List;

/** A table in columns as wide as they need be. Stateless. */
final class TextTable {
  private TextTable() {}

  static List<String> lines(Table table) {
    List<List<String>> all = new ArrayList<>();
    all.add(table.columns());
    all.addAll(table.rows());
    int[] widths = new int[table.columns().size()];
    for (List<String> row : all) {
      for (int i = 0; i < row.size(); i++) widths[i] = Math.max(widths[i], shown(row.get(i)));
    }
    return all.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String cell = printable(row.get(i));
      line.append("  ").append(cell);
      line.append(" ".repeat(widths[i] - shown(cell)));
    }
    return line.toString().stripTrailing();
  }

  /** Names at a broker may have any character; none may break a line or steer a terminal. */
  private static String printable(String cell) {
    return cell.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static int shown(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
