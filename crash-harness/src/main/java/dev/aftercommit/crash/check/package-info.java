/**
 * The judge: reads the tables of both sides by JDBC and the stream by a raw client, and compares. Shares nothing with relay
 * and consumer, not even the encoding of a header.
 */
@NullMarked
package dev.aftercommit.crash.check;

import org.jspecify.annotations.NullMarked;
