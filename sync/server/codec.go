package server

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/rounds-field/rounds/sync/syncpb"
)

// What a message may hold, measured before it is unpacked: a part of two bytes on the wire takes a hundred in memory. A part that is a message weighs
// as much as eight values.
const (
	partWeight   = 8
	changeWeight = 1000 // for each change that a push may have
	cursorWeight = 20   // for each cursor of a pull; the others hold less
)

// binary and readable are the codecs of Connect, which refuse a message that is cheap to send and dear to unpack.
type (
	binary   struct{ limits Limits }
	readable struct {
		name   string
		limits Limits
	}
)

func (binary) Name() string   { return "proto" }
func (binary) IsBinary() bool { return true }

func (binary) Marshal(message any) ([]byte, error) { return binary{}.MarshalAppend(nil, message) }

func (binary) MarshalAppend(to []byte, message any) ([]byte, error) {
	m, ok := message.(proto.Message)
	if !ok {
		return nil, notAMessage(message)
	}
	return proto.MarshalOptions{}.MarshalAppend(to, m)
}

func (binary) MarshalStable(message any) ([]byte, error) {
	m, ok := message.(proto.Message)
	if !ok {
		return nil, notAMessage(message)
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(m)
}

func (c binary) Unmarshal(data []byte, message any) error {
	m, ok := message.(proto.Message)
	if !ok {
		return notAMessage(message)
	}
	s := scale{left: c.limits.weight(m), counted: c.limits.counts()}
	fits := s.weigh(m.ProtoReflect().Descriptor(), data)
	if err := s.tooMany(); err != nil {
		return err
	}
	if !fits {
		return errDear
	}
	return proto.Unmarshal(data, m)
}

func (c readable) Name() string { return c.name }

func (readable) Marshal(message any) ([]byte, error) {
	m, ok := message.(proto.Message)
	if !ok {
		return nil, notAMessage(message)
	}
	return protojson.Marshal(m)
}

func (c readable) Unmarshal(data []byte, message any) error {
	m, ok := message.(proto.Message)
	if !ok {
		return notAMessage(message)
	}
	if len(data) == 0 {
		return errors.New("an empty body is not a JSON object")
	}
	if weighText(data) > c.limits.weight(m) {
		return errDear
	}
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(data, m)
}

func notAMessage(message any) error { return fmt.Errorf("%T is not a message", message) }

var errDear = errors.New("the message has too many parts; send them in smaller batches")

func (l Limits) weight(m proto.Message) int {
	if _, ok := m.(*syncpb.PushRequest); ok {
		return l.Changes * changeWeight
	}
	return l.Cursors * cursorWeight
}

// counts are the lists whose length is limited by itself.
func (l Limits) counts() map[protoreflect.FullName]*count {
	return map[protoreflect.FullName]*count{
		"rounds.sync.v1.PushRequest.changes": {"push", "changes", l.Changes, 0},
		"rounds.sync.v1.PackedChanges.kinds": {"push", "changes", l.Changes, 0},
		"rounds.sync.v1.PullRequest.cursors": {"pull", "cursors", l.Cursors, 0},
	}
}

type count struct {
	call, what string
	most, have int
}

// scale weighs a message in its binary form without unpacking it.
type scale struct {
	left    int
	counted map[protoreflect.FullName]*count
}

// weigh says whether a message is light enough. What is malformed is left to the unpacking to refuse.
func (s *scale) weigh(d protoreflect.MessageDescriptor, data []byte) bool {
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return true
		}
		data = data[n:]
		if n = protowire.ConsumeFieldValue(number, kind, data); n < 0 {
			return true
		}
		value := data[:n]
		data = data[n:]
		f := d.Fields().ByNumber(number)
		if f == nil {
			continue // kept as it is
		}
		items, weight := 1, 1
		var inner []byte
		if kind == protowire.BytesType {
			inner, _ = protowire.ConsumeBytes(value)
			items = elements(f, inner)
			weight = items
		}
		message := f.Message()
		if message != nil {
			weight = partWeight
		}
		if c := s.counted[f.FullName()]; c != nil {
			c.have += items
		}
		if s.left -= weight; s.left < 0 || message != nil && !s.weigh(message, inner) {
			return false
		}
	}
	return true
}

// tooMany tells of a list that is longer than it may be, as far as it was counted.
func (s *scale) tooMany() error {
	for _, c := range s.counted {
		if c.have > c.most {
			return errors.New(wireError(tooMany(c.call, c.have, c.what, c.most)).Message())
		}
	}
	return nil
}

// elements is how many values a length of bytes holds: many when it is a packed list.
func elements(f protoreflect.FieldDescriptor, data []byte) int {
	switch f.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind, protoreflect.StringKind, protoreflect.BytesKind:
		return 1
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return len(data) / 8
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return len(data) / 4
	}
	n := 0
	for _, b := range data {
		if b < 0x80 { // the last byte of a number
			n++
		}
	}
	return n
}

// weighText weighs a message in JSON by its signs outside of texts.
func weighText(data []byte) int {
	weight := 0
	text, escaped := false, false
	for _, b := range data {
		switch {
		case escaped:
			escaped = false
		case b == '\\':
			escaped = text
		case b == '"':
			text = !text
		case text:
		case b == '{':
			weight += partWeight
		case b == ',' || b == '[':
			weight++
		}
	}
	return weight
}
