package io.amebobridge.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters -> core -> client; server -> client; nothing -> the CLI. */
class DependencyRuleTest {
  private static final String OURS = "io.amebobridge.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.amebobridge");

  /** A room, and of the others those that it may know. */
  @ParameterizedTest
  @CsvSource({
    "client,  ''",
    "server,  client",
    "core,    client",
    "kafka,   client core",
    "rabbitmq, client core",
    "aws,     client core",
    "brokers, ''",
    "testkit, client core brokers",
    "cli,     client core server kafka rabbitmq aws brokers"
  })
  void aRoomKnowsOnlyTheseOthers(String room, String others) {
    List<String> allowed = others.isEmpty() ? List.of() : List.of(others.split(" "));
    noneOf(room).should().dependOnClassesThat(areOursBut(room, allowed)).check(CLASSES);
  }

  private static com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction noneOf(
      String room) {
    return noClasses().that().resideInAPackage(OURS + room + "..");
  }

  private static DescribedPredicate<JavaClass> areOursBut(String room, List<String> allowed) {
    return DescribedPredicate.describe(
        "are in another room than " + room + " and " + allowed,
        c ->
            c.getPackageName().startsWith(OURS)
                && !room(c).equals(room)
                && !allowed.contains(room(c)));
  }

  private static String room(JavaClass c) {
    String inside = c.getPackageName().substring(OURS.length());
    int dot = inside.indexOf('.');
    return dot < 0 ? inside : inside.substring(0, dot);
  }

  private static ArchRule knowsNoBroker(String room) {
    return noneOf(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "com.rabbitmq..", "software.amazon..");
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "server", "core"})
  void coreClientAndServerKnowNoBroker(String room) {
    knowsNoBroker(room).check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "core", "kafka", "rabbitmq", "aws", "cli"})
  void sqlIsTheServersAlone(String room) {
    noneOf(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.jdbi..", "org.sqlite..", "io.vertx.sqlclient..")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "rabbitmq", "aws"})
  void onlyTheConnectorOfAnAdapterIsPublic(String adapter) {
    noneOf(adapter)
        .and()
        .areTopLevelClasses()
        .and()
        .arePublic()
        .should()
        .haveSimpleNameNotEndingWith("Connector")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client",
        "server",
        "core",
        "kafka",
        "rabbitmq",
        "aws",
        "brokers",
        "testkit",
        "cli"
      })
  void everyRoomHasClassesThatWereRead(String room) {
    assertThat(CLASSES.stream().filter(c -> c.getPackageName().startsWith(OURS)))
        .anyMatch(c -> room(c).equals(room));
  }

  @Test
  void noRoomIsMissingHere() {
    assertThat(CLASSES.stream().map(DependencyRuleTest::room).distinct())
        .containsExactlyInAnyOrder(
            "client", "server", "core", "kafka", "rabbitmq", "aws", "brokers", "testkit", "cli");
  }

  @Test
  void theRulesCanFail() {
    assertThat(knowsNoBroker("kafka").evaluate(CLASSES).hasViolation()).isTrue();
    ArchRule coreAlone = noneOf("core").should().dependOnClassesThat(areOursBut("core", List.of()));
    assertThat(coreAlone.evaluate(CLASSES).hasViolation()).as("core knows the client").isTrue();
    ArchRule cliWithoutServer =
        noneOf("cli")
            .should()
            .dependOnClassesThat(
                areOursBut(
                    "cli", List.of("client", "core", "kafka", "rabbitmq", "aws", "brokers")));
    assertThat(cliWithoutServer.evaluate(CLASSES).hasViolation()).isTrue();
  }
}
