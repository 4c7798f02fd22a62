package dev.aftercommit.localservers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * PostgreSQL's own programs as they are run here.
 *
 * @param home the folder that they were unpacked to
 * @param runAs who runs them, and so has to own the data
 */
record PostgresPrograms(Path home, PostgresUser runAs) {
    static PostgresPrograms locate(int majorVersion) {
        PostgresUser runAs = PostgresUser.detect();
        return new PostgresPrograms(PostgresBinaries.locate(majorVersion, runAs), runAs);
    }

    /** Makes a data folder whose superuser is let in without a password. */
    ProcessBuilder initdb(Path data, String superuser) {
        return run(
                "initdb",
                List.of(
                        "--pgdata=" + data,
                        "--username=" + superuser,
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--no-locale",
                        "--no-sync"));
    }

    /** The server itself, on localhost only and without a socket file. */
    ProcessBuilder server(Path data, int port, Map<String, String> settings) {
        List<String> args = new ArrayList<>(
                List.of("-D", data.toString(), "-p", Integer.toString(port), "-k", "", "-h", "localhost"));
        settings.forEach((name, value) -> args.addAll(List.of("-c", name + "=" + value)));
        return run("postgres", args);
    }

    /** Ends a server and its sessions, and waits for it. */
    ProcessBuilder fastStop(Path data) {
        return run("pg_ctl", List.of("-D", data.toString(), "-m", "fast", "stop"));
    }

    private ProcessBuilder run(String program, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(args);
        return runAs.command(command);
    }
}
