package dev.aftercommit.demo.notification;

/** A mail, as the gateway takes it. */
record Mail(String to, String subject, String text) {}
