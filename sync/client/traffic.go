package client

import (
	"context"
	"net"
	"sync/atomic"
)

// traffic counts bytes on the network, TLS and headers included.
type traffic struct{ out, in atomic.Int64 }

type countingDialer struct {
	dialer  net.Dialer
	traffic *traffic
}

// DialContext opens a connection whose bytes are counted.
func (d *countingDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &countedConn{Conn: conn, traffic: d.traffic}, nil
}

type countedConn struct {
	net.Conn
	traffic *traffic
}

func (c *countedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.traffic.in.Add(int64(n))
	return n, err
}

func (c *countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.traffic.out.Add(int64(n))
	return n, err
}
