package faultfs

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Disk is what happens to the databases below one folder. Its methods may be called while they are in use.
type Disk struct {
	dir string

	mu      sync.Mutex
	writes  int
	full    int // the first write that finds no room; 0: there is room
	refused int
	before  func(n int, file string)
}

// Watch begins to see the writes of the databases that are opened below dir from now on, until the test ends.
func Watch(t testing.TB, dir string) *Disk {
	t.Helper()
	install.Do(register)
	if registered != nil {
		t.Fatal(registered)
	}
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		dir = resolved
	}
	d := &Disk{dir: dir + string(filepath.Separator)}
	disks.mu.Lock()
	disks.list = append(disks.list, d)
	disks.mu.Unlock()
	t.Cleanup(func() {
		disks.mu.Lock()
		defer disks.mu.Unlock()
		for i, o := range disks.list {
			if o == d {
				disks.list = append(disks.list[:i], disks.list[i+1:]...)
				break
			}
		}
	})
	return d
}

// Writes is how many writes were tried since Watch or the last Fill or Room.
func (d *Disk) Writes() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.writes
}

// Refused is how many writes found no room since the last Fill.
func (d *Disk) Refused() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused
}

// Fill lets the disk be full at the n-th write from now, counted from 1, and all after it.
func (d *Disk) Fill(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes, d.refused, d.full = 0, 0, n
}

// Room makes room again.
func (d *Disk) Room() { d.Fill(0) }

// Before has f called before each write, with its number and the file. f must not use the database.
func (d *Disk) Before(f func(n int, file string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.before = f
}

// write counts a write and says whether there is room for it.
func (d *Disk) write(file string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes++
	if d.before != nil {
		d.before(d.writes, file)
	}
	if d.full > 0 && d.writes >= d.full {
		d.refused++
		return false
	}
	return true
}

var disks struct {
	mu   sync.Mutex
	list []*Disk
}

func diskOf(file string) *Disk {
	disks.mu.Lock()
	defer disks.mu.Unlock()
	for _, d := range disks.list {
		if strings.HasPrefix(file, d.dir) {
			return d
		}
	}
	return nil
}

// What follows puts the disk below SQLite: a file system of its own that does everything by the one of the operating system, but for writing.

var (
	install    sync.Once
	registered error
	below      uintptr // the operating system's

	files struct {
		mu     sync.Mutex
		opened map[uintptr]openFile // by SQLite's file
		ours   map[uintptr]uintptr  // the operating system's table of methods to ours
	}
)

var errNotTaken = errors.New("faultfs: SQLite does not take the file system")

type openFile struct {
	disk    *Disk
	name    string
	methods uintptr // the operating system's
}

func register() {
	tls := libc.NewTLS()
	below = sqlite3.Xsqlite3_vfs_find(tls, 0)
	ours := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	name, err := libc.CString("faultfs")
	if below == 0 || ours == 0 || err != nil {
		registered = errNotTaken
		return
	}
	files.opened, files.ours = map[uintptr]openFile{}, map[uintptr]uintptr{}
	v := at[sqlite3.Tsqlite3_vfs](ours)
	*v = *at[sqlite3.Tsqlite3_vfs](below)
	v.FzName, v.FpNext, v.FxOpen = name, 0, pointer(open)
	if sqlite3.Xsqlite3_vfs_register(tls, ours, 1) != sqlite3.SQLITE_OK {
		registered = errNotTaken
	}
}

// at reads memory of the library. The detour is for vet, which cannot know that it does not move.
func at[T any](p uintptr) *T { return (*T)(*(*unsafe.Pointer)(unsafe.Pointer(&p))) } // #nosec G103 -- the library's own memory, laid out by its own types

// pointer gives a function in the form in which the library keeps them.
func pointer(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] } // #nosec G103 -- as the library itself does it

// function reads a function that the library keeps.
func function[F any](p uintptr) F {
	held := struct{ uintptr }{p}
	return *(*F)(unsafe.Pointer(&held)) // #nosec G103 -- as the library itself does it
}

func open(tls *libc.TLS, _, name, file uintptr, flags int32, out uintptr) int32 {
	rc := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](at[sqlite3.Tsqlite3_vfs](below).FxOpen)(tls, below, name, file, flags, out)
	if rc != sqlite3.SQLITE_OK || name == 0 {
		return rc
	}
	path := libc.GoString(name)
	d := diskOf(path)
	if d == nil {
		return rc
	}
	f := at[sqlite3.Tsqlite3_file](file)
	files.mu.Lock()
	defer files.mu.Unlock()
	theirs := f.FpMethods
	ours := files.ours[theirs]
	if ours == 0 {
		ours = libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))
		m := at[sqlite3.Tsqlite3_io_methods](ours)
		*m = *at[sqlite3.Tsqlite3_io_methods](theirs)
		m.FxWrite, m.FxClose = pointer(write), pointer(closeFile)
		files.ours[theirs] = ours
	}
	files.opened[file] = openFile{disk: d, name: path, methods: theirs}
	f.FpMethods = ours
	return rc
}

func find(file uintptr) openFile {
	files.mu.Lock()
	defer files.mu.Unlock()
	return files.opened[file]
}

func write(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32 {
	f := find(file)
	if !f.disk.write(f.name) {
		return sqlite3.SQLITE_FULL
	}
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](at[sqlite3.Tsqlite3_io_methods](f.methods).FxWrite)(tls, file, data, n, offset)
}

func closeFile(tls *libc.TLS, file uintptr) int32 {
	f := find(file)
	files.mu.Lock()
	delete(files.opened, file)
	files.mu.Unlock()
	return function[func(*libc.TLS, uintptr) int32](at[sqlite3.Tsqlite3_io_methods](f.methods).FxClose)(tls, file)
}
