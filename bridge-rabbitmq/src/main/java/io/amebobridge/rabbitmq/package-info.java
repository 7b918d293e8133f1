/** The RabbitMQ adapter. */
@NullMarked
package io.amebobridge.rabbitmq;

import org.jspecify.annotations.NullMarked;
