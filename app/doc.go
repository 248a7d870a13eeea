// Package app is the window of Rounds: the navigation, the search over everything, the state of the sync, the
// history of pages, and the shortcuts. It knows no feature: main adds them, and they reach one another by routes.
package app
