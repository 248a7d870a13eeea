package wire

import (
	"io"

	"connectrpc.com/connect"
	"github.com/klauspost/compress/zstd"
)

// Zstd is the name under which both ends register the compression.
const Zstd = "zstd"

// maxUnpacked bounds what one message may unpack to, so that a small malicious one cannot fill the memory.
const maxUnpacked = 64 << 20

// maxWindow bounds what a message may ask to be set aside for unpacking it, however little it holds. The compressor here needs half of it.
const maxWindow = 16 << 20

// NewDecompressor makes a zstd decompressor for connect.
func NewDecompressor() connect.Decompressor {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpacked), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic("wire: zstd reader: " + err.Error()) // only for options that contradict each other
	}
	return &decompressor{d}
}

// NewCompressor makes a zstd compressor for connect.
func NewCompressor() connect.Compressor {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic("wire: zstd writer: " + err.Error()) // only for options that contradict each other
	}
	return e
}

type decompressor struct{ *zstd.Decoder }

// Close gives the source back; the decoder itself is pooled by connect and used again after Reset.
func (d *decompressor) Close() error { return d.Decoder.Reset(nil) }

// Reset starts on the next message.
func (d *decompressor) Reset(r io.Reader) error { return d.Decoder.Reset(r) }
