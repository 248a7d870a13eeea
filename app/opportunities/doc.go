// Package opportunities is the pipeline on the screen: a board by stage, a list, the page of one opportunity and its
// form (SC-050-040). The rules of the stages are in sales.
package opportunities
