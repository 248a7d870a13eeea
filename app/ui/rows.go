package ui

import "context"

// Rows is what a table shows: how many rows there are, and each by its place. A row that is not loaded yet is
// answered with false and asked for again once it is there.
type Rows[T any] interface {
	Length() int
	Row(i int) (T, bool)
}

type sliceRows[T any] []T

// SliceRows shows the elements of a slice.
func SliceRows[T any](rows []T) Rows[T] { return sliceRows[T](rows) }

// Length implements Rows.
func (s sliceRows[T]) Length() int { return len(s) }

// Row implements Rows.
func (s sliceRows[T]) Row(i int) (T, bool) {
	if i < 0 || i >= len(s) {
		var none T
		return none, false
	}
	return s[i], true
}

const (
	pageSize = 200
	maxPages = 40
)

// PagedRows shows a long list and loads only the pages of it that come into view.
type PagedRows[T any] struct {
	ctx     context.Context
	total   int
	load    func(ctx context.Context, offset, limit int) ([]T, error)
	pages   map[int][]T
	asked   map[int]bool
	order   []int
	loaded  func()
	onError func(error)
}

// NewPagedRows returns rows of a list of the given length. load runs off the UI thread and returns at most limit
// rows from offset on, in the list's order. onError, which may be nil, is told on the UI thread what went wrong.
func NewPagedRows[T any](ctx context.Context, total int, load func(ctx context.Context, offset, limit int) ([]T, error), onError func(error)) *PagedRows[T] {
	return &PagedRows[T]{
		ctx: ctx, total: total, load: load, pages: map[int][]T{}, asked: map[int]bool{}, onError: onError,
	}
}

// Length implements Rows.
func (p *PagedRows[T]) Length() int { return p.total }

// Row implements Rows.
func (p *PagedRows[T]) Row(i int) (T, bool) {
	var none T
	if i < 0 || i >= p.total {
		return none, false
	}
	number := i / pageSize
	page, ok := p.pages[number]
	if !ok {
		p.ask(number)
		page, ok = p.pages[number] // In tests, loading is done at once.
	}
	if !ok || i%pageSize >= len(page) {
		return none, false
	}
	return page[i%pageSize], true
}

func (p *PagedRows[T]) ask(number int) {
	if p.asked[number] {
		return
	}
	p.asked[number] = true
	inline := true
	Go(p.ctx, func(ctx context.Context) ([]T, error) {
		return p.load(ctx, number*pageSize, pageSize)
	}, func(rows []T, err error) {
		if err != nil {
			delete(p.asked, number)
			if p.onError != nil {
				p.onError(err)
			}
			return
		}
		p.keep(number, rows)
		if !inline && p.loaded != nil {
			p.loaded()
		}
	})
	inline = false
}

func (p *PagedRows[T]) keep(number int, rows []T) {
	p.pages[number] = rows
	p.order = append(p.order, number)
	if len(p.order) > maxPages {
		oldest := p.order[0]
		p.order = p.order[1:]
		delete(p.pages, oldest)
		delete(p.asked, oldest)
	}
}

// onLoaded implements notifier.
func (p *PagedRows[T]) onLoaded(refresh func()) { p.loaded = refresh }

// notifier is what rows are that arrive late.
type notifier interface{ onLoaded(refresh func()) }
