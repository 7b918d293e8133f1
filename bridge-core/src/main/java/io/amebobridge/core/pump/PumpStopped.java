package io.amebobridge.core.pump;

/** Why a pump stops for good; somebody must act. The message names the place and the remedy. */
final class PumpStopped extends Exception {
  private static final long serialVersionUID = 1L;

  PumpStopped(String message) {
    super(message);
  }
}
