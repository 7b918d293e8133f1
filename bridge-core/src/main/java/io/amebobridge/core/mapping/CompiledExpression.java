package io.amebobridge.core.mapping;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import io.amebobridge.core.config.ExactNumber.Rounding;
import io.amebobridge.core.config.ExactNumber.Rounding.Mode;
import io.amebobridge.core.config.Expression;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One expression, ready to run. Not thread-safe: JSONata's instances are not. */
final class CompiledExpression {
  /** Nested evaluations; deep enough for any honest expression, and far from the stack's end. */
  private static final int MAX_DEPTH = 400;

  private final Expression expression;
  private final String path;
  private final String format;
  private final Rounding rounding;
  private final long timeoutMillis;
  private final Jsonata jsonata;

  CompiledExpression(Expression expression, String path, String format, Engine engine) {
    this.expression = expression;
    this.path = path;
    this.format = format;
    this.rounding = engine.rounding();
    this.timeoutMillis = Math.max(1, engine.timeout().toMillis());
    this.jsonata = Jsonata.jsonata(expression.text());
    this.jsonata.setValidateInput(false);
    this.jsonata.setOutputConvertNulls(false);
    ExactFunctions.register(jsonata, rounding);
  }

  /** What all expressions of one router share. */
  record Engine(Rounding rounding, Duration timeout) {}

  /** JSONata's value; null for undefined, {@link Jsonata#NULL_VALUE} for null. */
  @Nullable Object evaluate(Scope scope) throws MappingFailure {
    Object root = expression.readsBody() ? scope.body(format) : null;
    Object result = run(root, scope, Mode.NEAREST);
    if (rounding.happened() && hangsOnRounding(root, scope, result)) {
      throw failure(
          "calculates or compares with a number of more digits than JSONata can hold, and the result"
              + " hangs on the rounding; pass the number through as it is, or have it sent as text");
    }
    return result;
  }

  private boolean hangsOnRounding(@Nullable Object root, Scope scope, @Nullable Object result)
      throws MappingFailure {
    for (Mode mode : List.of(Mode.BELOW, Mode.ABOVE)) {
      if (!Objects.equals(result, run(root, scope, mode))) return true;
    }
    return false;
  }

  private @Nullable Object run(@Nullable Object root, Scope scope, Mode mode)
      throws MappingFailure {
    rounding.start(mode);
    try {
      return once(root, scope);
    } catch (JException e) {
      if (!isTimeout(e)) throw failure(describe(e));
    } catch (StackOverflowError e) {
      throw failure("goes too deep");
    } catch (RuntimeException e) {
      throw failure("failed inside JSONata (" + e.getClass().getSimpleName() + ")");
    }
    return again(root, scope);
  }

  /** A machine that stood still must not cost a message: only a second time-out counts. */
  private @Nullable Object again(@Nullable Object root, Scope scope) throws MappingFailure {
    try {
      return once(root, scope);
    } catch (JException e) {
      throw failure(isTimeout(e) ? "ran longer than " + timeoutMillis + " ms" : describe(e));
    } catch (RuntimeException | StackOverflowError e) {
      throw failure("failed inside JSONata (" + e.getClass().getSimpleName() + ")");
    }
  }

  private @Nullable Object once(@Nullable Object root, Scope scope) {
    Jsonata.Frame frame = jsonata.createFrame();
    frame.setRuntimeBounds(timeoutMillis, MAX_DEPTH);
    for (String name : expression.variables()) {
      Object value = scope.variable(name);
      if (value != null) frame.bind(name, value);
    }
    return jsonata.evaluate(root, frame);
  }

  private static boolean isTimeout(JException e) {
    return String.valueOf(e.getMessage()).contains("timeout");
  }

  /** Without the values at fault, which are the message's; but an author's own words are kept. */
  private static String describe(JException e) {
    String code = String.valueOf(e.getError());
    if (code.startsWith("Stack overflow")) return "goes too deep; is a function calling itself?";
    boolean own = code.equals("D3137") || code.equals("D3141");
    if (own) return "refused it: " + e.getCurrent();
    String what = JException.msg(code, -1, "…", "…", false);
    String hint =
        code.equals("T2003") || code.equals("T2004") ? "; write $number(…) around it" : "";
    return "failed: " + what + " at character " + Math.max(1, e.getLocation()) + hint;
  }

  MappingFailure failure(String what) {
    return new MappingFailure(path + ": " + expression + " " + what);
  }

  @Override
  public String toString() {
    return expression.toString();
  }
}
