/**
 * The adapter of AWS: SQS and SNS. Only the connectors are public.
 *
 * <p>What the SDK's clients need is {@code AwsAccess}, the clients are made by {@code AwsClients}.
 * The SDK's calls block; those that may take long (a long poll) run on threads of the adapter, and
 * what they bring reaches the pump's thread by one bounded hand-over.
 *
 * <p>The way back: {@code AwsSink}, to SQS or SNS, makes of messages {@code SendEntry}s, which
 * {@code Sending} puts into requests so that no lane is overtaken, and {@code BatchPublisher} sends
 * on threads of its own. Copies of dead letters ({@code SqsDeadLetters}) go the same way. {@code
 * ReadAwsInventory} only looks.
 */
@NullMarked
package io.amebobridge.aws;

import org.jspecify.annotations.NullMarked;
