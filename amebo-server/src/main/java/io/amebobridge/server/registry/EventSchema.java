package io.amebobridge.server.registry;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON Schema: Draft 7 unless its {@code $schema} names another known draft. References never
 * leave the document. Compiled on first use. Thread-safe.
 */
public final class EventSchema {
  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder()
          .pathType(PathType.JSON_POINTER)
          .regularExpressionFactory(BoundedRegex::new)
          .build();
  private static final int REPORTED = 3;
  private final String text;
  private volatile @Nullable Schema compiled;
  private volatile boolean valid;
  private volatile @Nullable String invalid;

  private EventSchema(String text) {
    this.text = text;
  }

  /** A schema that was checked before. */
  static EventSchema stored(String text) {
    return new EventSchema(text);
  }

  /**
   * Checks and compiles a schema.
   *
   * @throws Refusal where it is not a valid schema
   */
  public static EventSchema check(String text) {
    EventSchema schema = new EventSchema(text);
    try {
      JsonNode node = JsonMapper.shared().readTree(text);
      if (!node.isObject()) {
        throw new Refusal(400, "schemata - is not a JSON object");
      }
      String draft = draft(node);
      Schema meta = registry().getSchema(SchemaLocation.of(draft));
      List<Error> errors = meta.validate(node);
      if (!errors.isEmpty()) {
        throw new Refusal(400, "schemata - is not a valid JSON Schema: " + describe("", errors));
      }
      schema.compiled();
      schema.valid = true;
      return schema;
    } catch (JacksonException e) {
      throw new Refusal(400, "schemata - is not JSON: " + e.getOriginalMessage());
    } catch (SchemaException e) {
      throw new Refusal(
          400,
          "schemata - does not compile: "
              + e.getMessage()
              + " (references must stay within the document)");
    }
  }

  /** The schema as JSON text. */
  public String text() {
    return text;
  }

  /**
   * Why nothing can be held against it. What was registered here is valid; what came from an
   * upstream database was never checked.
   */
  public Optional<String> invalid() {
    if (!valid && invalid == null) {
      invalid = findInvalid();
      valid = invalid == null;
    }
    return Optional.ofNullable(invalid);
  }

  private @Nullable String findInvalid() {
    try {
      JsonNode node = JsonMapper.shared().readTree(text);
      List<Error> errors = registry().getSchema(SchemaLocation.of(draft(node))).validate(node);
      if (!node.isObject() || !errors.isEmpty()) {
        return errors.isEmpty() ? "it is not an object" : describe("", errors);
      }
      compiled();
      return null;
    } catch (JacksonException | SchemaException | Refusal e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** What is wrong with a payload: where, and what is allowed. */
  public Optional<String> violation(JsonNode payload) {
    try {
      List<Error> errors = compiled().validate(payload);
      return errors.isEmpty() ? Optional.empty() : Optional.of(describe("payload", errors));
    } catch (BoundedRegex.TooSlow e) {
      return Optional.of("payload - " + e.getMessage());
    }
  }

  private static String draft(JsonNode schema) {
    String named = schema.path("$schema").asString(SpecificationVersion.DRAFT_7.getDialectId());
    return SpecificationVersion.fromDialectId(named)
        .or(() -> SpecificationVersion.fromDialectId(named + "#"))
        .map(SpecificationVersion::getDialectId)
        .orElseThrow(
            () ->
                new Refusal(
                    400,
                    "schemata - $schema: got "
                        + named
                        + ", allowed: Draft 7 (the default), 2019-09, 2020-12, 6, 4"));
  }

  private Schema compiled() {
    Schema known = compiled;
    if (known == null) {
      known = registry().getSchema(text, InputFormat.JSON);
      known.initializeValidators();
      compiled = known;
    }
    return known;
  }

  /** One for each schema, so that two with the same $id never meet; it loads nothing remote. */
  private static SchemaRegistry registry() {
    return SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_7,
        builder ->
            builder
                .schemaRegistryConfig(CONFIG)
                .schemaLoader(loader -> loader.allow(iri -> isMetaSchema(iri.toString()))));
  }

  private static boolean isMetaSchema(String iri) {
    return iri.startsWith("http://json-schema.org/")
        || iri.startsWith("https://json-schema.org/")
        || iri.startsWith("classpath:");
  }

  private static String describe(String root, List<Error> errors) {
    String first =
        errors.stream()
            .limit(REPORTED)
            .map(error -> root + error.getInstanceLocation() + " - " + error.getMessage())
            .collect(Collectors.joining("; "));
    int more = errors.size() - REPORTED;
    return more > 0 ? first + "; and " + more + " more" : first;
  }
}
