package client

import (
	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sync/wire"
)

// maxAnswer bounds what the server may send in one message, unpacked.
const maxAnswer = 64 << 20

// compression sends zstd where it pays and takes zstd or gzip.
func compression() []connect.ClientOption {
	return []connect.ClientOption{
		connect.WithAcceptCompression(wire.Zstd, wire.NewDecompressor, wire.NewCompressor),
		connect.WithSendCompression(wire.Zstd),
		connect.WithCompressMinBytes(512),
		connect.WithReadMaxBytes(maxAnswer),
	}
}
