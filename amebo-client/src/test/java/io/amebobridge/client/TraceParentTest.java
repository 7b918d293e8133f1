package io.amebobridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

  @Test
  void comesOutAsItCameIn() {
    assertThat(TraceParent.parse(SENT).orElseThrow()).hasToString(SENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e47366-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01"
      })
  void isIgnoredWhereTheSpecificationSaysSo(String text) {
    assertThat(TraceParent.parse(text)).isEmpty();
  }

  @Test
  void nothingIsNone() {
    assertThat(TraceParent.parse(null)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"cc-,", "01-,-what.the.future.will.be.like"})
  void aVersionOfTheFutureIsReadAndSentOnAsThisOne(String version, String more) {
    String text = SENT.replaceFirst("^00-", version) + (more == null ? "" : more);
    assertThat(TraceParent.parse(text).orElseThrow()).hasToString(SENT);
  }

  @ParameterizedTest
  @CsvSource({"00,00", "01,01", "02,02", "03,03", "ff,03", "04,00"})
  void flagsThatAreNotDefinedAreNotSentOn(String sent, String on) {
    String text = SENT.replaceFirst("01$", sent);
    assertThat(TraceParent.parse(text).orElseThrow().toString()).endsWith("-" + on);
  }

  @Test
  void aChildIsOfTheSameTraceWithAnIdOfItsOwn() {
    TraceParent parent = TraceParent.parse(SENT).orElseThrow();
    TraceParent child = parent.child();
    assertThat(child.traceId()).isEqualTo(TRACE);
    assertThat(child.flags()).isEqualTo(parent.flags());
    assertThat(child.parentId()).isNotEqualTo(parent.parentId());
    assertThat(parent.child().parentId()).isNotEqualTo(child.parentId());
    assertThat(TraceParent.parse(child.toString())).contains(child);
  }
}
