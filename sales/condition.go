package sales

// Condition is what checks of a workbook found that its user should know of.
type Condition struct {
	Differences []Difference `json:"differences,omitempty"` // buckets that differ from the server for good
	Checked     Instant      `json:"checked"`               // the last deep check, 0 for never
	Mended      int          `json:"mended"`                // what it found damaged and mended
	Left        []string     `json:"left,omitempty"`        // what it could not mend, a sentence each
}
