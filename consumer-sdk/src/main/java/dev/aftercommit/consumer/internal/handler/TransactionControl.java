package dev.aftercommit.consumer.internal.handler;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds statements that end a transaction in the text of SQL. Reads it as PostgreSQL does, as far as quotes and comments go. */
final class TransactionControl {
    private static final int WORDS = 3;

    private final String sql;
    private int at;

    private TransactionControl(String sql) {
        this.sql = sql;
    }

    /** Whether one of the statements does. */
    static boolean endsTransaction(String sql) {
        TransactionControl text = new TransactionControl(sql);
        while (text.at < sql.length()) {
            if (ends(text.statement())) {
                return true;
            }
        }
        return false;
    }

    private static boolean ends(List<String> words) {
        if (words.isEmpty()) {
            return false;
        }
        return switch (words.getFirst()) {
            case "COMMIT", "END", "ABORT" -> true;
            case "ROLLBACK" -> !words.subList(1, words.size()).contains("TO");
            case "PREPARE" -> words.size() > 1 && words.get(1).equals("TRANSACTION");
            default -> false;
        };
    }

    /** Its first words in upper case; goes on behind its end. */
    private List<String> statement() {
        List<String> words = new ArrayList<>(WORDS);
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == ';') {
                at++;
                return words;
            } else if (c == '\'') {
                skipQuoted('\'', isEscapeString());
            } else if (c == '"') {
                skipQuoted('"', false);
            } else if (c == '$' && !skipDollarQuoted()) {
                at++;
            } else if (sql.startsWith("--", at)) {
                skipTo("\n");
            } else if (sql.startsWith("/*", at)) {
                skipComment();
            } else if (Character.isLetter(c)) {
                word(words);
            } else if (c != '$') {
                at++;
            }
        }
        return words;
    }

    private void word(List<String> words) {
        int begin = at;
        while (at < sql.length() && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '_')) {
            at++;
        }
        if (words.size() < WORDS) {
            words.add(sql.substring(begin, at).toUpperCase(Locale.ROOT));
        }
    }

    private boolean isEscapeString() {
        return at > 0
                && Character.toUpperCase(sql.charAt(at - 1)) == 'E'
                && (at == 1 || !Character.isLetterOrDigit(sql.charAt(at - 2)));
    }

    /** A quote that is doubled ends one string and begins another, which comes to the same. */
    private void skipQuoted(char quote, boolean hasEscapes) {
        at++;
        while (at < sql.length() && sql.charAt(at) != quote) {
            at += hasEscapes && sql.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
    }

    private boolean skipDollarQuoted() {
        int end = sql.indexOf('$', at + 1);
        if (end < 0) {
            return false;
        }
        String tag = sql.substring(at, end + 1);
        boolean isTag =
                tag.chars().skip(1).limit(tag.length() - 2L).allMatch(c -> Character.isLetterOrDigit(c) || c == '_')
                        && (tag.length() == 2 || !Character.isDigit(tag.charAt(1)));
        if (!isTag) {
            return false;
        }
        at = end + 1;
        skipTo(tag);
        return true;
    }

    private void skipTo(String end) {
        int found = sql.indexOf(end, at);
        at = found < 0 ? sql.length() : found + end.length();
    }

    private void skipComment() {
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
    }
}
