package io.amebobridge.server.http;

import io.amebobridge.server.delivery.Dispatcher;
import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryFilter;
import io.amebobridge.server.store.DeliveryView;
import io.amebobridge.server.store.EventFilter;
import io.amebobridge.server.store.EventReader;
import io.amebobridge.server.store.LogEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The tables of the pages; may block. Thread-safe. */
final class PageTables {
  static final List<String> NAMES =
      List.of("overview", "events", "actions", "subscriptions", "applications", "gists");
  private static final int ROWS = 50;
  private static final int LONGEST_CELL = 400;
  private final Services services;

  PageTables(Services services) {
    this.services = services;
  }

  /** The part of a page below its heading. */
  Html main(String name, long page) {
    Html main = new Html().tag("h1", name.equals("gists") ? "Deliveries (gists)" : name);
    return switch (name) {
      case "events" -> events(main, page);
      case "gists" -> deliveries(main, page);
      case "actions" -> actions(main, page);
      case "applications" -> applications(main, page);
      case "subscriptions" -> subscriptions(main, page);
      default -> overview(main, page);
    };
  }

  private Html overview(Html main, long page) {
    main.raw("<p>").text("Newest event id: " + services.store().events().head() + ". ");
    main.text("Version " + services.version() + ".").raw("</p>").tag("h2", "Subscriptions");
    head(main, "id", "application", "action", "behind", "retrying", "dead", "paused");
    Map<Long, Dispatcher.Standing> standings = services.dispatcher().standings();
    return rows(
        main,
        "overview",
        page,
        services.registry().subscriptions(),
        Subscription::id,
        s -> {
          Optional<Dispatcher.Standing> standing = Optional.ofNullable(standings.get(s.id()));
          return cells(
              s.id(),
              s.application(),
              s.action().text(),
              standing.map(Dispatcher.Standing::lag).orElse(null),
              standing.map(Dispatcher.Standing::retrying).orElse(null),
              standing.map(Dispatcher.Standing::dead).orElse(null),
              s.paused() ? "paused" : "");
        });
  }

  private Html applications(Html main, long page) {
    head(main, "application", "address", "registered");
    return rows(
        main,
        "applications",
        page,
        services.registry().applications(),
        Application::id,
        a -> cells(a.name(), a.address(), Rows.time(a.timestamped())));
  }

  private Html actions(Html main, long page) {
    head(main, "id", "action", "application", "schema", "registered");
    return rows(
        main,
        "actions",
        page,
        services.registry().actions(),
        Action::id,
        a ->
            cells(
                a.id(),
                a.name(),
                a.application(),
                shortened(a.schema().text()),
                Rows.time(a.timestamped())));
  }

  private Html subscriptions(Html main, long page) {
    head(main, "id", "application", "action", "handler", "max_retries", "description");
    return rows(
        main,
        "subscriptions",
        page,
        services.registry().subscriptions(),
        Subscription::id,
        s ->
            cells(
                s.id(),
                s.application(),
                s.action().text(),
                s.handler(),
                s.maxRetries(),
                s.description()));
  }

  /** The newest first, by ranges of ids: the log may be long. */
  private Html events(Html main, long page) {
    head(main, "id", "action", "payload", "deduper", "stored");
    EventReader log = services.store().events();
    long newest = log.back((page - 1) * ROWS);
    long after = log.back(page * ROWS);
    EventFilter above = new EventFilter(null, null, null, null, after, null, null);
    List<LogEvent> found =
        newest <= 0 ? List.of() : new ArrayList<>(log.list(above, ROWS, 0).events());
    found.stream()
        .filter(event -> event.id() <= newest)
        .sorted(Comparator.comparingLong(LogEvent::id).reversed())
        .forEach(
            e ->
                main.row(
                    "td",
                    cells(
                        e.id(),
                        services.registry().action(e.actionId()).map(Action::name).orElse(""),
                        shortened(new String(e.payload(), StandardCharsets.UTF_8)),
                        e.deduper(),
                        Rows.time(e.timestamped()))));
    return pages(main.raw("</table>"), "events", page, after > 0);
  }

  private Html deliveries(Html main, long page) {
    head(main, "id", "event", "action", "subscriber", "state", "attempts", "last answer", "at");
    DeliveryFilter all = DeliveryFilter.any();
    List<DeliveryView> found = services.store().deliveries().list(all, ROWS + 1, (page - 1) * ROWS);
    found.stream()
        .limit(ROWS)
        .forEach(
            d ->
                main.row(
                    "td",
                    cells(
                        d.row().id(),
                        d.row().event(),
                        d.action(),
                        d.subscriber(),
                        d.row().state().text(),
                        d.row().attempts(),
                        d.row().lastError() == null ? d.row().lastStatus() : d.row().lastError(),
                        Rows.time(d.row().timestamped()))));
    return pages(main.raw("</table>"), "gists", page, found.size() > ROWS);
  }

  private static void head(Html main, String... names) {
    main.raw("<table>").row("th", List.of(names));
  }

  private static <T> Html rows(
      Html main,
      String name,
      long page,
      java.util.Collection<T> all,
      ToLongFunction<T> id,
      Function<T, List<@Nullable Object>> cells) {
    List<T> part =
        all.stream()
            .sorted(Comparator.comparingLong(id))
            .skip((page - 1) * ROWS)
            .limit(ROWS + 1L)
            .toList();
    part.stream().limit(ROWS).forEach(one -> main.row("td", cells.apply(one)));
    return pages(main.raw("</table>"), name, page, part.size() > ROWS);
  }

  private static Html pages(Html main, String name, long page, boolean more) {
    main.raw("<nav class=\"pages\">");
    if (page > 1) {
      main.link("/p/" + name + "?page=" + (page - 1), "previous", false);
    }
    main.tag("span", "page " + page);
    if (more) {
      main.link("/p/" + name + "?page=" + (page + 1), "next", false);
    }
    return main.raw("</nav>");
  }

  private static List<@Nullable Object> cells(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_CELL ? text : text.substring(0, LONGEST_CELL) + "…";
  }
}
