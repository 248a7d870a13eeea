// Package projects is key-account projects on the screen: the list with their health, and the page of one project with its
// phases, milestones, notes of progress, risks and members (SI-020-080). The rules are in sales.
package projects
