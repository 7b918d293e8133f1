package io.amebobridge.server.registry;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.ValidationLimitExceededException;
import com.networknt.schema.path.PathType;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON Schema: Draft 7 unless its {@code $schema} names another known draft. References never
 * leave the document. Compiled on first use. Thread-safe.
 */
public final class EventSchema {
  private static final Logger log = LoggerFactory.getLogger(EventSchema.class);
  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder()
          .pathType(PathType.JSON_POINTER)
          .regularExpressionFactory(BoundedRegex::new)
          .build();
  private static final int REPORTED = 3;
  // Counted, not timed: the verdict on a payload is the same however busy the machine is.
  private static final long STEPS = 500_000;
  private static final long STEPS_A_NODE = 50;
  private static final int DEPTH = 1_000;
  private static final Pattern META_SCHEMA =
      Pattern.compile(
          "(https?://json-schema\\.org/|classpath:)(draft-0[467]/schema"
              + "|draft/(2019-09|2020-12)/(schema|meta/[a-z-]+))");
  private final String text;
  private final boolean uniqueItems;
  private volatile @Nullable Schema compiled;
  private volatile boolean valid;
  private volatile @Nullable String invalid;

  private EventSchema(String text) {
    this.text = text;
    this.uniqueItems = text.contains("uniqueItems") || text.contains("\\u");
  }

  /** A schema as the database has it; see {@link #invalid}. */
  public static EventSchema stored(String text) {
    return new EventSchema(text);
  }

  /**
   * Checks and compiles a schema.
   *
   * @throws Refusal where it is not a valid schema
   */
  public static EventSchema check(String text) {
    SchemaLimits.checkSize(text);
    MatchingBudget.begin(text.length());
    EventSchema schema = new EventSchema(text);
    try {
      JsonNode node = JsonMapper.shared().readTree(text);
      if (!node.isObject()) {
        throw new Refusal(400, "schemata - is not a JSON object");
      }
      SpecificationVersion draft = draft(node);
      SchemaLimits.check(node, draft);
      Schema meta = registry().getSchema(SchemaLocation.of(draft.getDialectId()));
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
    } catch (PatternSyntaxException e) {
      throw new Refusal(
          400, "schemata - has a pattern that does not compile: " + e.getDescription());
    } catch (BoundedRegex.TooSlow | StackOverflowError e) {
      throw new Refusal(400, "schemata - is too deep or too complicated to compile");
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
      MatchingBudget.begin(text.length());
      JsonNode node = JsonMapper.shared().readTree(text);
      Schema meta = registry().getSchema(SchemaLocation.of(draft(node).getDialectId()));
      List<Error> errors = meta.validate(node);
      if (!node.isObject() || !errors.isEmpty()) {
        return errors.isEmpty() ? "it is not an object" : describe("", errors);
      }
      compiled();
      return null;
    } catch (JacksonException | SchemaException | PatternSyntaxException | Refusal e) {
      return String.valueOf(e.getMessage());
    } catch (BoundedRegex.TooSlow | StackOverflowError e) {
      return "it is too deep or too complicated to compile";
    }
  }

  /** What is wrong with a payload: where, and what is allowed. */
  public Optional<String> violation(JsonNode payload) {
    PayloadScan scan = PayloadScan.of(payload, uniqueItems);
    if (scan.problem() != null) {
      return Optional.of(scan.problem());
    }
    MatchingBudget.begin(scan.characters());
    long steps = STEPS + STEPS_A_NODE * scan.nodes();
    try {
      List<Error> errors =
          compiled()
              .validate(
                  payload,
                  (ExecutionContext context) ->
                      context.executionConfig(
                          config -> config.maxEvaluationSteps(steps).maxEvaluationDepth(DEPTH)));
      return errors.isEmpty() ? Optional.empty() : Optional.of(describe("payload", errors));
    } catch (BoundedRegex.TooSlow e) {
      return Optional.of("payload - " + e.getMessage());
    } catch (ValidationLimitExceededException | StackOverflowError e) {
      return Optional.of("payload - takes too long with this schema, or is too deep for it");
    } catch (RuntimeException e) {
      // An event must not become one that nobody can answer.
      log.atWarn()
          .addKeyValue("error", e.getClass().getName())
          .log("A payload cannot be validated, and is refused");
      return Optional.of("payload - cannot be validated: " + e.getClass().getSimpleName());
    }
  }

  /** Compiles it ahead of its first use, which would be on an event loop. */
  public void prepare() {
    try {
      compiled();
    } catch (RuntimeException | StackOverflowError e) {
      log.warn("A stored schema does not compile; its action's events are refused", e);
    }
  }

  private static SpecificationVersion draft(JsonNode schema) {
    String named = schema.path("$schema").asString(SpecificationVersion.DRAFT_7.getDialectId());
    return SpecificationVersion.fromDialectId(named)
        .or(() -> SpecificationVersion.fromDialectId(named + "#"))
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
                .schemaLoader(
                    loader -> loader.allow(iri -> META_SCHEMA.matcher(iri.toString()).matches())));
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
