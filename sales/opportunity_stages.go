package sales

import "slices"

// The stages of an opportunity, in order; won and lost end it (SC-050-040).
const (
	StageProspect    = "prospect"
	StageQualified   = "qualified"
	StageProposal    = "proposal"
	StageNegotiation = "negotiation"
	StageWon         = "won"
	StageLost        = "lost"
)

// The pipelines.
const (
	PipelineChannel    = "channel"
	PipelineKeyAccount = "key_account"
)

// stageRule is what a pipeline makes of a stage.
type stageRule struct {
	probability int // percent
	stuckAfter  int // days in the stage after which a deal counts as stuck
}

// Key-account deals are slower and less certain early on than those through the channel.
var pipelines = map[string]map[string]stageRule{
	PipelineChannel: {
		StageProspect: {10, 14}, StageQualified: {25, 21}, StageProposal: {50, 21}, StageNegotiation: {75, 14}, StageWon: {100, 0}, StageLost: {0, 0},
	},
	PipelineKeyAccount: {
		StageProspect: {5, 30}, StageQualified: {20, 45}, StageProposal: {40, 45}, StageNegotiation: {70, 30}, StageWon: {100, 0}, StageLost: {0, 0},
	},
}

var stageOrder = []string{StageProspect, StageQualified, StageProposal, StageNegotiation, StageWon, StageLost}

func ruleOf(pipeline, stage string) stageRule {
	rules, ok := pipelines[pipeline]
	if !ok {
		rules = pipelines[PipelineChannel]
	}
	return rules[stage]
}

// Stages lists the stages of a pipeline in order, won and lost last. Both pipelines pass the same stages; they differ in
// probability, in patience, and in that a key-account deal takes the open stages one at a time.
func Stages(string) []string { return slices.Clone(stageOrder) }

// StageProbability is the percentage with which deals of a stage are won.
func StageProbability(pipeline, stage string) int { return ruleOf(pipeline, stage).probability }

// StuckAfter is the number of days after which a deal that has not left the stage counts as stuck; 0 for won and lost.
func StuckAfter(pipeline, stage string) int { return ruleOf(pipeline, stage).stuckAfter }

// Closed says whether a stage ends a deal.
func Closed(stage string) bool { return stage == StageWon || stage == StageLost }

// NextStages lists the stages to which an opportunity may move, demands aside, in order: forward (one stage at a time in the
// key-account pipeline), back, won from the proposal on, lost at any time; a closed deal may be opened again.
func NextStages(o Opportunity) []string {
	at := slices.Index(stageOrder, o.Stage)
	var out []string
	for i, s := range stageOrder {
		switch {
		case s == o.Stage:
		case Closed(o.Stage):
			if !Closed(s) {
				out = append(out, s)
			}
		case s == StageLost, i < at:
			out = append(out, s)
		case s == StageWon:
			if at >= slices.Index(stageOrder, StageProposal) {
				out = append(out, s)
			}
		case o.Pipeline != PipelineKeyAccount || i == at+1:
			out = append(out, s)
		}
	}
	return out
}

// MoveNeedsReason says whether a move must be explained: winning, losing, going back, opening again.
func MoveNeedsReason(from, to string) bool {
	return Closed(to) || Closed(from) || slices.Index(stageOrder, to) < slices.Index(stageOrder, from)
}
