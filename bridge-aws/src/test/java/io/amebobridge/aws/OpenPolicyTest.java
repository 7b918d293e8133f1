package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which policies let everyone in. */
class OpenPolicyTest {
  private static boolean isOpen(String who) {
    String rest = "'Action': 'sqs:SendMessage', 'Resource': '*'";
    return OpenPolicy.isOpen("{'Statement': {%s, %s}}".formatted(who, rest).replace('\'', '"'));
  }

  private static boolean isOpenIf(String condition) {
    return isOpen("'Effect': 'Allow', 'Principal': '*', 'Condition': " + condition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Effect': 'Allow', 'Principal': '*'",
        "'Effect': 'Allow', 'Principal': {'AWS': '*'}",
        "'Effect': 'Allow', 'Principal': {'AWS': ['1', '*']}",
        "'Effect': 'Allow', 'Principal': {'AWS': '*'}, 'Condition': {}",
        "'Effect': 'Allow', 'NotPrincipal': {'AWS': 'arn:aws:iam::111111111111:user/bad'}"
      })
  void whoeverIsNotNamedIsIn(String who) {
    assertThat(isOpen(who)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Effect': 'Deny', 'Principal': '*'",
        "'Effect': 'Deny', 'NotPrincipal': {'AWS': '111111111111'}",
        "'Effect': 'Allow', 'Principal': {'AWS': 'arn:aws:iam::111111111111:role/everyone'}",
        "'Effect': 'Allow', 'Principal': {'Service': 'sns.amazonaws.com'}"
      })
  void whoIsNamedIsNotEveryone(String who) {
    assertThat(isOpen(who)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'StringEquals': {'AWS:SourceOwner': '000000000000'}}",
        "{'StringEquals': {'aws:SourceAccount': ['000000000000', '111111111111']}}",
        "{'StringEquals': {'aws:PrincipalOrgID': 'o-a1b2'}}",
        "{'ForAnyValue:StringLike': {'aws:PrincipalOrgPaths': 'o-a1b2/r-x/ou-y/*'}}",
        "{'ArnLike': {'aws:SourceArn': 'arn:aws:sns:*:000000000000:*'}}",
        "{'ArnEquals': {'aws:SourceArn': 'arn:aws:s3:::one-bucket'}}",
        "{'StringLike': {'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/*'}}",
        "{'IpAddress': {'aws:SourceIp': '10.0.0.0/8'}}",
        "{'StringEquals': {'aws:SourceVpce': 'vpce-1'}, 'Bool': {'aws:SecureTransport': 'true'}}"
      })
  void aConditionOnWhoAsksClosesIt(String condition) {
    assertThat(isOpenIf(condition)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Bool': {'aws:SecureTransport': 'true'}}",
        "{'StringEquals': {'sns:Protocol': 'sqs'}}",
        "{'StringNotEquals': {'aws:SourceAccount': '111111111111'}}",
        "{'StringEqualsIfExists': {'aws:PrincipalOrgID': 'o-a1b2'}}",
        "{'ForAllValues:StringEquals': {'aws:PrincipalOrgID': 'o-a1b2'}}",
        "{'StringLike': {'aws:SourceAccount': '*'}}",
        "{'StringLike': {'aws:PrincipalOrgID': ['o-a1b2', '*']}}",
        "{'StringEquals': {'aws:SourceAccount': '${aws:PrincipalAccount}'}}",
        "{'ArnLike': {'aws:SourceArn': 'arn:aws:sns:*:*:*'}}",
        "{'ArnLike': {'aws:SourceArn': 'arn:aws:s3:::*'}}",
        "{'IpAddress': {'aws:SourceIp': '0.0.0.0/0'}}",
        "{'Null': {'aws:SourceArn': 'false'}}",
        "{'StringEquals': {'aws:SourceAccount': []}}",
        "'nonsense'"
      })
  void anyOtherConditionDoesNot(String condition) {
    assertThat(isOpenIf(condition)).isTrue();
  }

  @Test
  void oneOfSeveralStatementsIsEnough() {
    String policy =
        """
        {"Statement": [{"Effect": "Deny", "Principal": "*"},
                       {"Effect": "Allow", "Principal": "*", "NotAction": "sqs:DeleteQueue"}]}
        """;
    assertThat(OpenPolicy.isOpen(policy)).isTrue();
    assertThat(OpenPolicy.isOpen(null)).isFalse();
    assertThat(OpenPolicy.isOpen("no JSON")).isFalse();
  }
}
