package dev.aftercommit.contract.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Lets a TLS context also check that the server's certificate is for the server's host, which the NATS client leaves out:
 * without it any certificate of a trusted authority will do.
 *
 * <p>The client connects to addresses: those that a configured name resolves to, and those that servers tell of each
 * other. The certificate of such an address has to be for the configured name, as with the other NATS clients.
 */
public final class HostCheck extends SSLContextSpi {
    private static final String LIKE_HTTPS = "HTTPS";
    /** The scheme of addresses that ask for TLS without any check. */
    private static final String OPEN = "opentls";

    private final SSLContext context;
    private final SSLSocketFactory factory;

    private HostCheck(SSLContext context, List<String> hosts) {
        this.context = context;
        this.factory = new Factory(context.getSocketFactory(), hosts);
    }

    /**
     * The context with the check; without it where one of the servers asks for TLS without any.
     *
     * @param context whom it trusts
     * @param servers where it connects to
     */
    public static SSLContext in(SSLContext context, Collection<URI> servers) {
        if (servers.stream().anyMatch(server -> OPEN.equals(server.getScheme()))) {
            return context;
        }
        List<String> hosts =
                servers.stream().map(URI::getHost).filter(Objects::nonNull).toList();
        return new SSLContext(new HostCheck(context, hosts), context.getProvider(), context.getProtocol()) {};
    }

    private static SSLParameters checking(SSLParameters parameters) {
        parameters.setEndpointIdentificationAlgorithm(LIKE_HTTPS);
        return parameters;
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return factory;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return context.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setSSLParameters(checking(engine.getSSLParameters()));
        return engine;
    }

    @Override
    protected void engineInit(
            KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random) {
        throw new IllegalStateException("it is initialised");
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return context.getServerSocketFactory();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return context.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return checking(context.getDefaultSSLParameters());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return context.getSupportedSSLParameters();
    }

    private static final class Factory extends SSLSocketFactory {
        private final SSLSocketFactory delegate;
        private final List<String> hosts;

        Factory(SSLSocketFactory delegate, List<String> hosts) {
            this.delegate = delegate;
            this.hosts = hosts;
        }

        /** The one that the client uses: it upgrades a connection. */
        @Override
        public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
            return checking(delegate.createSocket(plain, name(host), port, autoClose));
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return checking(delegate.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
            return checking(delegate.createSocket(host, port, from, fromPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return checking(delegate.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
            return checking(delegate.createSocket(host, port, from, fromPort));
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return delegate.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return delegate.getSupportedCipherSuites();
        }

        private static Socket checking(Socket socket) {
            if (socket instanceof SSLSocket tls) {
                tls.setSSLParameters(HostCheck.checking(tls.getSSLParameters()));
                return tls;
            }
            throw new IllegalStateException("a TLS context makes TLS sockets");
        }

        /** Whom the server at this host has to be. */
        private String name(String host) {
            if (hosts.contains(host) || !isAddress(host)) {
                return host;
            }
            List<String> names = hosts.stream().filter(each -> !isAddress(each)).toList();
            return names.stream()
                    .filter(each -> resolvesTo(each, host))
                    .findFirst()
                    .orElse(names.isEmpty() ? host : names.getFirst());
        }

        /** No name has a colon or nothing but digits and points. */
        private static boolean isAddress(String host) {
            return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
        }

        private static boolean resolvesTo(String name, String address) {
            try {
                InetAddress wanted = InetAddress.getByName(address);
                for (InetAddress each : InetAddress.getAllByName(name)) {
                    if (each.equals(wanted)) {
                        return true;
                    }
                }
            } catch (UnknownHostException e) {
                return false;
            }
            return false;
        }
    }
}
