package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RenewersTest {
  private static Renewers of(int queues, String prefetch, String visibility) throws Exception {
    String[] names = IntStream.range(0, queues).mapToObj(i -> "q" + i).toArray(String[]::new);
    return Renewers.of(
        new SqsSources("http://localhost:1", names)
            .with("prefetch", prefetch)
            .with("visibility", visibility)
            .settings());
  }

  @Test
  void thereAreAsManyAsWhatMayBeHeldNeeds() throws Exception {
    assertThat(of(1, "1000", "30s")).isEqualTo(new Renewers(2, null));
    assertThat(of(10, "1000", "30s")).isEqualTo(new Renewers(7, null));
  }

  @Test
  void whatCannotBeKeptIsSaid() throws Exception {
    Renewers many = of(2, "100000", "30s");
    assertThat(many.threads()).isEqualTo(Renewers.MOST);
    assertThat(many.warning()).contains("200000 messages", "30 s", "lower prefetch");
  }
}
