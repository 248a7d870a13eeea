package central

// dialect is what differs between the databases.
type dialect interface {
	// bind turns the placeholders of a statement, written as question marks, into the database's own.
	bind(query string) string
	// forUpdate is the suffix that makes a SELECT lock its rows until the end of the transaction.
	forUpdate() string
}

// sqlite has one writer at a time: whoever writes has everything locked.
type sqlite struct{}

func (sqlite) bind(query string) string { return query }
func (sqlite) forUpdate() string        { return "" }
