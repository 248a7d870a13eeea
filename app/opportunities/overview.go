package opportunities

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// The two ways in which the overview shows the pipeline.
const (
	modeBoard = "board"
	modeList  = "list"
)

// overview is the page of the whole pipeline: filters above a board or a list.
type overview struct {
	host    ui.Host
	model   *Model
	query   ListQuery
	mode    string
	limits  map[string]int // cards of each stage that the user asked for
	chosen  bool           // whether the filter is the user's choice, so that none is proposed
	content fyne.CanvasObject

	tools   *toolbar
	summary *ui.Text
	modes   *ui.Chips
	board   *ui.Board
	table   *ui.Table[Card]
	body    *fyne.Container
}

// newOverview shows the board or the list; period, which may be empty, is what the first filter is narrowed to.
func newOverview(host ui.Host, model *Model, period string) *overview {
	v := &overview{host: host, model: model, mode: modeBoard, limits: map[string]int{}}
	if slices.Contains(Periods(), period) {
		v.query.Period = period
	}
	v.summary = ui.Muted("").Elastic()
	v.summary.Align = fyne.TextAlignTrailing
	v.board = ui.NewBoard()
	v.board.OnMove, v.board.OnOpen, v.board.OnMore = v.move, v.open, v.more
	v.table = newCardTable(host.State())
	v.table.OnOpen = func(c Card) { v.open(c.ID) }
	v.table.OnSort = func(key string, desc bool) {
		v.query.Sort, v.query.Desc = key, desc
		v.Refresh()
	}
	v.modes = ui.NewChips(false, func(codes []string) { v.show(codes) },
		ui.Option{Code: modeBoard, Label: ui.T("opportunities.mode.board")}, ui.Option{Code: modeList, Label: ui.T("opportunities.mode.list")})
	v.tools = newToolbar(v)
	v.body = container.NewStack(ui.Loading())
	add := ui.WithIcon(ui.PrimaryButton(ui.T("opportunities.new"), v.add), ui.IconAdd)
	v.content = ui.PageFrame(ui.T("opportunities.title"), "", []fyne.CanvasObject{ui.Grow(v.summary), v.modes, add}, v.tools.content, v.body)
	v.apply()
	ui.RefreshOn(host, v.Refresh, kind, "partner", "account", "user")
	return v
}

// Title implements ui.Page.
func (v *overview) Title() string { return ui.T("opportunities.title") }

// Content implements ui.Page.
func (v *overview) Content() fyne.CanvasObject { return v.content }

// Shortcuts implements ui.Shortcuts.
func (v *overview) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{
		{Key: fyne.KeyN, Ctrl: true, LabelKey: "opportunities.new", Run: v.add},
		{Key: fyne.KeyL, Ctrl: true, LabelKey: "opportunities.switch", Run: func() {
			if v.mode == modeBoard {
				v.show([]string{modeList})
			} else {
				v.show([]string{modeBoard})
			}
		}},
		{Key: fyne.KeyW, Ctrl: true, Shift: true, LabelKey: "opportunities.won", Run: func() { v.close(sales.StageWon) }},
		{Key: fyne.KeyX, Ctrl: true, Shift: true, LabelKey: "opportunities.lost", Run: func() { v.close(sales.StageLost) }},
	}
}

// close wins or loses the opportunity that is selected on the board or in the list.
func (v *overview) close(stage string) {
	id := v.board.Selected()
	if v.mode == modeList {
		row, _ := v.table.Selected()
		id = row.ID
	}
	if id != "" {
		startMove(v.host, v.model, id, stage)
	}
}

// TypedKey implements ui.KeyHandler: the arrows go to the board or the list.
func (v *overview) TypedKey(event *fyne.KeyEvent) bool {
	switch event.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight:
	default:
		return false
	}
	target := fyne.Focusable(v.board)
	if v.mode == modeList {
		target = v.table.Focusable()
	}
	v.host.Canvas().Focus(target)
	target.TypedKey(event)
	return true
}

// SaveState implements ui.Stateful.
func (v *overview) SaveState() map[string]string {
	state := v.query.State()
	state["mode"], state["stage"], state["sort"] = v.mode, v.query.Stage, v.query.Sort
	if v.query.Desc {
		state["desc"] = "1"
	}
	return state
}

// RestoreState implements ui.Stateful.
func (v *overview) RestoreState(state map[string]string) {
	if len(state) == 0 {
		return
	}
	v.chosen = true
	v.query = ListQuery{Filter: FilterFrom(state), Stage: state["stage"], Sort: state["sort"], Desc: state["desc"] != ""}
	if state["mode"] == modeList {
		v.mode = modeList
	}
	v.apply()
}

// apply shows mode and filter in the tools.
func (v *overview) apply() {
	v.modes.Set(v.mode)
	v.tools.show(v.query, v.mode)
	v.table.SetSort(v.query.Sort, v.query.Desc)
}

func (v *overview) show(modes []string) {
	if len(modes) == 1 {
		v.mode = modes[0]
	}
	v.apply()
	v.Refresh()
}

// filter takes another filter and loads what it shows.
func (v *overview) filter(q ListQuery) {
	v.chosen, v.query = true, q
	v.limits = map[string]int{}
	v.apply()
	v.Refresh()
}

// view is what one loading brings.
type view struct {
	people  []Person
	query   ListQuery
	board   Board
	summary Summary
}

func (v *overview) load(ctx context.Context) (view, error) {
	loaded := view{query: v.query}
	var err error
	if loaded.people, err = v.model.Owners(ctx); err != nil {
		return loaded, err
	}
	if !v.chosen {
		loaded.query.Filter = v.model.FirstFilter(loaded.people)
		loaded.query.Period = v.query.Period // what the link asked for
	}
	if v.mode == modeBoard {
		loaded.board, err = v.model.Board(ctx, loaded.query.Filter, v.limits)
		return loaded, err
	}
	loaded.summary, err = v.model.Summary(ctx, loaded.query)
	return loaded, err
}

// Refresh implements ui.Page.
func (v *overview) Refresh() {
	mode := v.mode
	ui.Go(v.host.Context(), v.load, func(loaded view, err error) {
		switch {
		case mode != v.mode:
			return // Another mode was chosen meanwhile; its own loading is on the way.
		case err != nil:
			v.put(ui.NewErrorBanner(err, v.Refresh))
			return
		}
		if !v.chosen {
			v.query, v.chosen = loaded.query, true
		}
		v.tools.setOwners(loaded.people, v.model.me())
		v.apply()
		if mode == modeBoard {
			v.showBoard(loaded.board)
		} else {
			v.showList(loaded.summary)
		}
	})
}

func (v *overview) put(object fyne.CanvasObject) {
	v.body.Objects = []fyne.CanvasObject{object}
	v.body.Refresh()
}

func (v *overview) setSummary(count int, totals []sales.Total) {
	text := ui.T("opportunities.count", "Count", count)
	if sums := totalsText(totals, "opportunities.totals"); sums != "" {
		text += "  ·  " + sums
	}
	v.summary.SetText(text)
}

// nothing says what to do where there is nothing to show.
func (v *overview) nothing() fyne.CanvasObject {
	if v.query.Active() {
		return ui.NewEmpty(ui.IconFilter, ui.T("opportunities.none.filtered"), ui.T("opportunities.none.filtered.hint"),
			ui.T("opportunities.filter.clear"), func() { v.filter(ListQuery{Stage: v.query.Stage}) })
	}
	return ui.NewEmpty(ui.IconOpportunities, ui.T("opportunities.none"), ui.T("opportunities.none.hint"), ui.T("opportunities.new"), v.add)
}

func (v *overview) add() { v.host.Open("opportunity/new") }

func (v *overview) open(id string) { v.host.Open("opportunity/" + id) }
