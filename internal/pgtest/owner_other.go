//go:build !unix

package pgtest

import (
	"errors"
	"os/exec"
)

func owner(...string) (func(*exec.Cmd), error) {
	return nil, errors.New("the tests with PostgreSQL need a Unix")
}
