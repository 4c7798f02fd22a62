package dev.aftercommit.localservers;

import java.util.concurrent.CountDownLatch;

/** The program that {@link JavaProcessTest} runs. */
final class ChildMain {
    private ChildMain() {}

    public static void main(String[] args) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> atEnd(args[0], never)));
        if (args[0].equals("starts-a-child")) {
            JavaProcess child = JavaProcess.builder()
                    .mainClass(ChildMain.class.getName())
                    .args("waits")
                    .start();
            System.out.println("grandchild=" + child.pid() + ";");
        }
        System.out.println("ready " + args[0] + " " + System.getenv("COLOUR") + " " + System.getProperty("size"));
        if (args[0].equals("ends")) {
            Runtime.getRuntime().halt(3);
        }
        never.await();
    }

    private static void atEnd(String behaviour, CountDownLatch never) {
        System.out.println("ending in order");
        if (behaviour.equals("lingers")) {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
