// Package firstsync plays the first sync of a new device that is cut, killed and written into.
package firstsync
