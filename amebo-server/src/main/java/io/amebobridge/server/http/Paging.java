package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which page of a list was asked for.
 *
 * @param page 1 for the first
 * @param envelope whether to answer {@code {data, meta}} and not a bare array
 */
record Paging(long page, int size, boolean envelope) {
  static final int DEFAULT_SIZE = 15;
  static final int LARGEST_SIZE = 1000;

  /** Counting on would read the whole log for each page. */
  static final long MOST_COUNTED = 100_000;

  static Paging of(Exchange exchange) {
    Long page = exchange.number("page");
    Long size =
        Stream.of("pagination", "per_page", "limit")
            .map(exchange::number)
            .filter(value -> value != null)
            .findFirst()
            .orElse((long) DEFAULT_SIZE);
    if (page != null && (page < 1 || page > Integer.MAX_VALUE)) {
      throw new Refusal(400, "page - got " + page + ", allowed: 1 or more");
    }
    if (size < 1) {
      throw new Refusal(400, "pagination - got " + size + ", allowed: 1 to " + LARGEST_SIZE);
    }
    String envelope = exchange.query("envelope");
    return new Paging(
        page == null ? 1 : page,
        (int) Math.min(size, LARGEST_SIZE),
        "1".equals(envelope) || "true".equals(envelope));
  }

  long offset() {
    return (page - 1) * size;
  }

  <T> List<T> of(List<T> all) {
    return all.stream().skip(offset()).limit(size).toList();
  }

  Answer answer(HttpServerRequest request, List<ObjectNode> rows, long total) {
    return answer(request, rows, total, null);
  }

  /**
   * Answers a page.
   *
   * @param cut the id after which the next page begins, where this one was cut for its size; then
   *     pages by number would leave out rows, so the link goes by the id
   */
  Answer answer(HttpServerRequest request, List<ObjectNode> rows, long total, @Nullable Long cut) {
    ArrayNode data = JsonMapper.shared().createArrayNode();
    rows.forEach(data::add);
    boolean capped = total > MOST_COUNTED;
    long counted = Math.min(total, MOST_COUNTED);
    long pages = Math.max(1, (counted + size - 1) / size);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Total-Count", String.valueOf(counted));
    if (capped) {
      headers.put("X-Total-Count-Capped", "true");
    }
    boolean more = page < pages || (capped && rows.size() == size);
    headers.put("Link", links(request, more, capped || cut != null ? null : pages, cut));
    if (!envelope) {
      return Answer.json(200, data).with(headers);
    }
    ObjectNode whole = JsonMapper.shared().createObjectNode();
    whole.set("data", data);
    ObjectNode meta =
        whole
            .putObject("meta")
            .put("page", page)
            .put("per_page", size)
            .put("total", counted)
            .put("pages", pages)
            .put("total_pages", pages)
            .put("has_next", more || cut != null)
            .put("has_prev", page > 1);
    if (capped) {
      meta.put("capped", true);
    }
    return Answer.json(200, whole).with(headers);
  }

  /** With pages cut for their size, or rows uncounted, nobody knows the last page's number. */
  private String links(
      HttpServerRequest request, boolean more, @Nullable Long last, @Nullable Long cut) {
    List<String> links = new ArrayList<>();
    add(links, request, "first", 1L);
    add(links, request, "prev", prev(last));
    if (cut != null) {
      links.add(link(request, "next", "after", cut));
    } else {
      add(links, request, "next", more ? page + 1 : null);
    }
    add(links, request, "last", last);
    return String.join(", ", links);
  }

  private @Nullable Long prev(@Nullable Long last) {
    if (page == 1) {
      return null;
    }
    return last == null ? page - 1 : Math.min(page - 1, last);
  }

  private void add(List<String> links, HttpServerRequest request, String rel, @Nullable Long to) {
    if (to != null) {
      links.add(link(request, rel, "page", to));
    }
  }

  private static String link(HttpServerRequest request, String rel, String by, long to) {
    MultiMap query = MultiMap.caseInsensitiveMultiMap().addAll(request.params());
    query.remove("page");
    query.set(by, String.valueOf(to));
    String text =
        query.entries().stream()
            .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
            .collect(Collectors.joining("&"));
    return "<" + request.path() + "?" + text + ">; rel=\"" + rel + "\"";
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
