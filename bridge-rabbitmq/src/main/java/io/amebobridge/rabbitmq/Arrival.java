package io.amebobridge.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;

/** A message as the broker sent it. The array must not be changed. */
record Arrival(
    Consumption consumption, Envelope envelope, BasicProperties properties, byte[] body) {}
