package files

import "encoding/binary"

// The parts of a JPEG file's head that orientation walks through.
const (
	markerSOI       = 0xd8 // start of the file
	markerSOS       = 0xda // start of the picture itself
	markerAPP1      = 0xe1 // where cameras write Exif
	tagOrientation  = 0x0112
	exifHead        = "Exif\x00\x00"
	bytesOfTagEntry = 12
)

// orientation reads how the camera was held from the head of a JPEG file: 1 to 8 as Exif counts, 1 when it does not say.
func orientation(b []byte) int {
	if len(b) < 4 || b[0] != 0xff || b[1] != markerSOI {
		return 1
	}
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff; {
		marker, size := b[1], int(binary.BigEndian.Uint16(b[2:]))
		if marker == markerSOS || size < 2 || len(b) < 2+size {
			return 1
		}
		if segment := b[4 : 2+size]; marker == markerAPP1 && len(segment) > len(exifHead) && string(segment[:len(exifHead)]) == exifHead {
			return orientationTag(segment[len(exifHead):])
		}
		b = b[2+size:]
	}
	return 1
}

// orientationTag finds the orientation in the TIFF structure of Exif.
func orientationTag(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(b[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	count := int(order.Uint16(b[at:]))
	for entries := b[at+2:]; count > 0 && len(entries) >= bytesOfTagEntry; count-- {
		if order.Uint16(entries) == tagOrientation {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[bytesOfTagEntry:]
	}
	return 1
}
