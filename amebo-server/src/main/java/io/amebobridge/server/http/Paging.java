package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    long pages = Math.max(1, (total + size - 1) / size);
    Map<String, String> headers =
        Map.of("X-Total-Count", String.valueOf(total), "Link", links(request, pages, cut));
    if (!envelope) {
      return Answer.json(200, data).with(headers);
    }
    ObjectNode whole = JsonMapper.shared().createObjectNode();
    whole.set("data", data);
    whole
        .putObject("meta")
        .put("page", page)
        .put("per_page", size)
        .put("total", total)
        .put("pages", pages);
    return Answer.json(200, whole).with(headers);
  }

  private String links(HttpServerRequest request, long pages, @Nullable Long cut) {
    List<String> links = new ArrayList<>();
    add(links, request, "first", 1L);
    add(links, request, "prev", page > 1 ? Math.min(page - 1, pages) : null);
    if (cut != null) {
      links.add(link(request, "next", "after", cut));
    } else {
      add(links, request, "next", page < pages ? page + 1 : null);
    }
    add(links, request, "last", pages);
    return String.join(", ", links);
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
