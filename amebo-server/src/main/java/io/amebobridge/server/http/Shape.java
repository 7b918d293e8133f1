package io.amebobridge.server.http;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a JSON Schema (2020-12, as OpenAPI 3.1 has it). Not thread-safe. */
final class Shape {
  static final String COMPONENTS = "#/components/schemas/";
  private final ObjectNode node = JsonMapper.shared().createObjectNode();

  private Shape() {}

  /** Any JSON at all. */
  static Shape any() {
    return new Shape();
  }

  private static Shape of(String type) {
    return any().put("type", type);
  }

  static Shape text() {
    return of("string");
  }

  static Shape integer() {
    return of("integer");
  }

  static Shape flag() {
    return of("boolean");
  }

  static Shape nothing() {
    return of("null");
  }

  /** A time such as 2026-01-31T12:00:00Z. */
  static Shape time() {
    return text().put("format", "date-time");
  }

  static Shape oneOf(String... values) {
    Shape shape = text();
    var allowed = shape.node.putArray("enum");
    for (String value : values) {
      allowed.add(value);
    }
    return shape;
  }

  /** One of the named shapes. */
  static Shape ref(String name) {
    return any().put("$ref", COMPONENTS + name);
  }

  static Shape listOf(Shape item) {
    Shape shape = of("array");
    shape.node.set("items", item.node);
    return shape;
  }

  /** An object; its fields follow. */
  static Shape object() {
    Shape shape = of("object");
    shape.node.putObject("properties");
    return shape;
  }

  static Shape either(Shape one, Shape other) {
    Shape shape = any();
    shape.node.putArray("anyOf").add(one.node).add(other.node);
    return shape;
  }

  /** A field that is always there. */
  Shape with(String name, Shape value) {
    node.withArray("required").add(name);
    return maybe(name, value);
  }

  /** A field that may be missing. */
  Shape maybe(String name, Shape value) {
    ((ObjectNode) node.path("properties")).set(name, value.node);
    return this;
  }

  Shape orNull() {
    JsonNode type = node.path("type");
    if (type.isString()) {
      node.putArray("type").add(type.stringValue()).add("null");
      return this;
    }
    return either(this, nothing());
  }

  Shape from(long least, long most) {
    node.put("minimum", least).put("maximum", most);
    return this;
  }

  Shape longest(int characters) {
    node.put("maxLength", characters);
    return this;
  }

  Shape otherwise(String value) {
    return put("default", value);
  }

  Shape otherwise(int value) {
    node.put("default", value);
    return this;
  }

  Shape otherwise(boolean value) {
    node.put("default", value);
    return this;
  }

  Shape says(String text) {
    return put("description", text);
  }

  private Shape put(String name, String value) {
    node.put(name, value);
    return this;
  }

  ObjectNode json() {
    return node;
  }
}
