package client

import (
	"context"
	"errors"

	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// Watch listens to the server's hints; see replica.Transport. It returns when the stream has ended, with the reason.
func (c *Client) Watch(ctx context.Context, hint func(changed bool)) error {
	stream, err := c.rpc.Watch(ctx, authorised(c.token, &syncpb.WatchRequest{}))
	if err != nil {
		return c.watchEnded(err)
	}
	defer stream.Close() //nolint:errcheck // the stream's own error says why it ended
	for stream.Receive() {
		hint(stream.Msg().GetChanged())
	}
	return c.watchEnded(stream.Err())
}

// watchEnded explains why a stream ended; one that ends without an error is one that was cut.
func (c *Client) watchEnded(err error) error {
	if errors.Is(err, errors.ErrUnsupported) || connect.CodeOf(err) == connect.CodeUnimplemented {
		return &sales.Error{
			Code: sales.CodeNotFound, Message: "watch at " + c.server + ": the server gives no hints",
			Hint: "nothing is lost: the device asks at intervals", Args: map[string]any{"Server": c.server}, Cause: errors.ErrUnsupported,
		}
	}
	if err == nil {
		err = errStreamCut
	}
	return c.explain("watch", err)
}

var errStreamCut = errors.New("the stream was cut")
