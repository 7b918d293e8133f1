package io.amebobridge.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What there is at a broker. Immutable, without secrets.
 *
 * @param tables for people
 * @param warnings what could not be seen, and what should be looked at
 * @param json all of it, for programs: maps, lists, texts, numbers, booleans and null
 */
public record Inventory(
    List<Table> tables, List<String> warnings, Map<String, @Nullable Object> json) {
  public Inventory {
    tables = List.copyOf(tables);
    warnings = List.copyOf(warnings);
    json = Collections.unmodifiableMap(new LinkedHashMap<>(json));
  }

  /** Rows with as many cells as there are columns. */
  public record Table(String title, List<String> columns, List<List<String>> rows) {
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }
}
