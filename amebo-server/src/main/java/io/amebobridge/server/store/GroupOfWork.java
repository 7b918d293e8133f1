package io.amebobridge.server.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Writes what shares a transaction, in as few statements as its order allows. */
final class GroupOfWork {
  private GroupOfWork() {}

  /** Events that follow each other are written together. */
  static void write(WriteSession session, List<Work> group, List<LogEvent> stored)
      throws SQLException {
    List<Work.Append> events = new ArrayList<>();
    for (Work work : group) {
      if (work instanceof Work.Append append) {
        events.add(append);
      } else if (work instanceof Work.ChangeOf<?> change) {
        if (!change.repeatable()) {
          append(session, events, stored);
        }
        change.write(session);
      }
    }
    append(session, events, stored);
  }

  private static void append(WriteSession session, List<Work.Append> works, List<LogEvent> stored)
      throws SQLException {
    List<NewLogEvent> events = new ArrayList<>();
    works.forEach(work -> events.addAll(work.events));
    List<Appended> results = EventAppender.append(session, events, stored);
    int from = 0;
    for (Work.Append work : works) {
      int to = from + work.events.size();
      work.results(List.copyOf(results.subList(from, to)));
      from = to;
    }
    works.clear();
  }
}
