package simcloud

import (
	"context"
	"math"
	"net"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// connect makes the provider for one connection.
type connect func() pulumirpc.ResourceProviderServer

// listener serves each connection by a provider of its own. An engine attaches all its
// providers of a package, the default one and explicit ones, to the same port: they differ
// in configuration only by the connection.
type listener struct {
	name    string
	inner   net.Listener
	connect connect

	mu      sync.Mutex
	closed  bool
	servers []*grpc.Server
}

func listen(ctx context.Context, name string, c connect) (*listener, error) {
	inner, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &listener{name: name, inner: inner, connect: c}
	go l.accept()
	return l, nil
}

func (l *listener) port() int { return l.inner.Addr().(*net.TCPAddr).Port }

func (l *listener) accept() {
	for {
		conn, err := l.inner.Accept()
		if err != nil {
			return // closed
		}
		server := grpc.NewServer(grpc.MaxRecvMsgSize(math.MaxInt32), grpc.MaxSendMsgSize(math.MaxInt32))
		pulumirpc.RegisterResourceProviderServer(server, l.connect())
		if !l.keep(server) {
			_ = conn.Close()
			return
		}
		go func() { _ = server.Serve(newOneConnection(conn)) }() // ends when the listener closes
	}
}

func (l *listener) keep(server *grpc.Server) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.servers = append(l.servers, server)
	}
	return !l.closed
}

func (l *listener) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	_ = l.inner.Close() // a second close is no harm
	for _, server := range l.servers {
		server.Stop()
	}
	l.servers = nil
}

// oneConnection is a listener that accepts one connection and then waits to be closed.
type oneConnection struct {
	conn chan net.Conn
	addr net.Addr
	done chan struct{}
	once sync.Once
}

func newOneConnection(conn net.Conn) *oneConnection {
	l := &oneConnection{conn: make(chan net.Conn, 1), addr: conn.LocalAddr(), done: make(chan struct{})}
	l.conn <- conn
	return l
}

// Accept returns the connection, and at the second call waits for Close.
func (l *oneConnection) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conn:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (l *oneConnection) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is the local address of the connection.
func (l *oneConnection) Addr() net.Addr { return l.addr }
