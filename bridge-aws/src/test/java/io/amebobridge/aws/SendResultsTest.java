package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a service says of a batch's entries, as told and otherwise. */
class SendResultsTest {
  private static final SendTarget TARGET =
      new SendTarget() {
        @Override
        public void look() {}

        @Override
        public List<SendResult> send(List<SendEntry> entries) {
          return List.of();
        }

        @Override
        public boolean wasThere() {
          return true;
        }

        @Override
        public String toString() {
          return "queue orders";
        }
      };

  private final SendErrors errors =
      new SendErrors(AwsClientsTest.access("http://localhost:1", null), "sqs:SendMessage");

  @Test
  void eachEntryHasTheResultOfItsId() {
    SendResults results = new SendResults(TARGET, errors, 4);
    results.accepted("2");
    results.failed("0", true, "InvalidMessageContents", "bad");
    results.rejected(1, "too large");
    assertThat(results.all())
        .extracting(SendResult::outcome)
        .containsExactly(Outcome.REJECTED, Outcome.REJECTED, Outcome.ACCEPTED, Outcome.UNAVAILABLE);
  }

  @Test
  void anAnswerThatIsNoneTakesNothingFromTheOthers() {
    SendResults results = new SendResults(TARGET, errors, 2);
    results.accepted("0");
    results.accepted("7");
    results.accepted("00");
    results.failed("x", true, "Bad", null);
    results.failed("1", null, null, null);
    assertThat(results.all())
        .extracting(SendResult::outcome)
        .containsExactly(Outcome.ACCEPTED, Outcome.UNAVAILABLE);
  }
}
